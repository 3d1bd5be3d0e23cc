/** What an auditor reads first. */
export const README = `EVIDENCE PACK
=============

Everything here can be checked without Countersign but for the signatures, which
\`countersign ledger check-proof\` checks from the file alone. Times are UTC, from
the database's clock. People stand by a pseudonymous id and their handle.

1. NOTHING WAS CHANGED SINCE THE PACK WAS MADE
   sha256sum -c SHA256SUMS
   manifest.json holds the same digests for programs. The SHA-256 of the zip file
   itself stands in the ledger (action takeExport, or recordPack), in the entry of
   whoever fetched it.

2. WHAT WAS ASKED, AND ABOUT WHICH CONTENT    requests/<id>/
   request.json          who asked, why, when; each round is one version of the content
   round-<n>/content.json   exactly what was voted on. Its SHA-256 is the digest of
                         the round in request.json, and of every vote of that round:
                         sha256sum round-1/content.json
   round-<n>/terms.json  the deal's terms that content.json names: its SHA-256 is
                         dealTermsDigest in content.json
   figures.json          floor, actual and shortfall as the approvers were shown them
   A round whose "content" is null asked about something that is kept elsewhere.

3. UNDER WHICH POLICY
   policy.json           the tenant's configuration as pinned; its SHA-256 is the digest in
   policy-applied.json   which level of it applied, what was weighed, whom it asked for

4. WHO COULD HAVE APPROVED THIS, THEN?
   eligibility.csv/json  every member at the opening of each round and at each vote:
                         whether they could approve and every reason against it
     SELF_APPROVAL       asked for it            CONTRIBUTOR  wrote on it, or owns it
     NO_ROLE             held no role            NOT_ELIGIBLE held none that answers it
     ROLE_TOO_NEW        held it too briefly, confirmed by nobody independent
     ACCOUNT_TOO_NEW     had none but an account that was linked too short a time ago
     ALREADY_VOTED       voted, or somebody did for them
     SUSPENDED, MERGED   was no active record of their own
   roles: since when, given by whom, confirmed by whom. barredAs: REQUESTER, OWNER or
   CONTRIBUTOR. insteadOf: for whom they could vote by delegation. Whether somebody
   had signed in recently enough is known of those who voted: signedInAt in votes.json.

5. WHO VOTED, AND WHAT CAME OF IT
   votes.json            who, for whom, when, signed in when, on which digest, why,
                         taken back or not
   effect.json           the approval, and what it was used for; emergencies and their review
   evidence.json         the documents behind the handoff: links and SHA-256. Compare a
                         document of your own: sha256sum <document>

6. THE LEDGER SAYS THE SAME
   ledger.json           every entry about the request, attempts that were refused too
   ledger-proofs.ndjson  that each stands in the ledger that a signed checkpoint covers:
                         countersign ledger check-proof ledger-proofs.ndjson --key <key>
   Get the key from whoever runs Countersign by another way than this file. By hand:
   leaf = SHA-256 of the byte 00 and the content; upwards node = SHA-256 of the byte 01,
   left and right (RFC 6962); the root stands in the checkpoint, base64.
   "notYetSigned": written within the last seconds; ask for a new pack a minute later.

A sample: sample.json says of what and by which seed it was drawn. Rows stand in the
order of SHA-256(seed followed by row id), in hex, ascending; the first "size" were taken:
   printf '%s%s' "<seed>" "<row id>" | sha256sum
waivers/<id>/ are checklist items that were waived as N/A, which have no request.
`;

-- What PostGraphile's documents advise for a change with rules: a function. It locks and writes what ours does, and reads and
-- judges nothing of what ours reads and judges.
create schema if not exists bench_api;
create or replace function bench_api.submit_evidence(
  handoff_id uuid, item_id uuid, evidence_id uuid, entry_id uuid, person_id uuid, title text, document_url text, content_hash text
) returns public.checklist_item language plpgsql as $$
declare
  tenant uuid := current_setting('app.tenant_id')::uuid;
  at timestamptz(3) := clock_timestamp();
  h handoff;
  item checklist_item;
  told text;
begin
  select * into strict h from handoff t where t.tenant_id = tenant and t.id = handoff_id for update;
  insert into evidence (tenant_id, id, handoff_id, item_id, sequence, kind, title, document_url, content_hash, signers, state,
      submitted_by, submitted_at, terms_digest, terms_revision)
    values (tenant, evidence_id, handoff_id, submit_evidence.item_id, 1, 'DOCUMENT', submit_evidence.title,
      submit_evidence.document_url, submit_evidence.content_hash, '[]', 'SUBMITTED', person_id, at, h.terms_digest, h.terms_revision);
  update checklist_item t set state = 'SUBMITTED' where t.tenant_id = tenant and t.id = submit_evidence.item_id
    returning * into item;
  update handoff t set revision = revision + 1 where t.tenant_id = tenant and t.id = h.id;
  told := json_build_object('tenant', tenant, 'id', entry_id, 'at', at, 'actor', json_build_object('kind', 'PERSON', 'id', person_id),
    'action', 'submitEvidence', 'outcome', 'DONE', 'subject', json_build_object('type', 'Handoff', 'id', h.id),
    'body', json_build_object('itemId', item.id, 'evidenceId', evidence_id, 'contentHash', submit_evidence.content_hash))::text;
  insert into ledger_entry (tenant_id, id, at, actor_kind, actor_id, action, outcome, subject_type, subject_id, content, leaf_hash)
    values (tenant, entry_id, at, 'PERSON', person_id::text, 'submitEvidence', 'DONE', 'Handoff', h.id::text, told,
      encode(sha256('\x00'::bytea || convert_to(told, 'UTF8')), 'hex'));
  insert into ledger_pending (tenant_id, id) values (tenant, entry_id);
  return item;
end $$;

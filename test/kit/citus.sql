-- What Citus checks before it distributes a table, without Citus: stand-ins for its functions that refuse what it refuses
-- (citusdata/citus, create_distributed_table.c, foreign_constraint.c, policy.c; 13.2) and note what they were asked.
create schema citus;
create table citus.pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null);
create table citus.asked (place int generated always as identity, call text not null);
grant usage on schema citus to public;
grant select, insert on all tables in schema citus to public;
-- The extension's own row: how its presence and version are told.
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (99999, 'citus', 10, 'citus'::regnamespace, false, '13.2-1');

-- Settings of a loaded library that any role may set; without it they are unknown, and the superuser's alone.
grant set on parameter citus.propagate_set_commands, citus.enable_local_reference_table_foreign_keys to public;

create function citus.assert_distributable(t regclass) returns void language plpgsql as $$
begin
  if exists (select 1 from citus.pg_dist_partition where logicalrelid = t) then
    raise exception 'table "%" is already distributed', t;
  end if;
  if exists (select 1 from pg_trigger where tgrelid = t and not tgisinternal) then
    raise exception 'cannot distribute relation "%" because it has triggers', t;
  end if;
  if current_setting('citus.enable_local_reference_table_foreign_keys', true) is distinct from 'off' then
    raise exception 'tables that refer to a reference table would become Citus local tables';
  end if;
  if exists (select 1 from pg_attrdef d where d.adrelid = t and pg_get_expr(d.adbin, t) ~* 'nextval')
    or exists (select 1 from pg_attribute where attrelid = t and attidentity <> '') then
    raise exception 'table "%" takes numbers from a sequence', t;
  end if;
end $$;

create function citus.create_reference_table(t regclass) returns void language plpgsql as $$
begin
  perform citus.assert_distributable(t);
  if exists (select 1 from pg_constraint k where k.conrelid = t and k.contype = 'f' and k.confrelid <> t
      and not exists (select 1 from citus.pg_dist_partition d where d.logicalrelid = k.confrelid and d.partmethod = 'n')) then
    raise exception 'cannot create foreign key constraint since foreign keys from reference tables to distributed tables are not supported';
  end if;
  insert into citus.pg_dist_partition values (t, 'n');
  insert into citus.asked (call) values (format('reference %s', t));
end $$;

create function citus.create_distributed_table(t regclass, key text, colocate_with text default 'default')
  returns void language plpgsql as $$
declare
  k record;
  place int := (select attnum from pg_attribute where attrelid = t and attname = key and attnotnull and attgenerated = '');
  far record;
begin
  perform citus.assert_distributable(t);
  if place is null then
    raise exception 'column "%" of relation "%" cannot be its distribution column', key, t;
  end if;
  if (select relforcerowsecurity from pg_class where oid = t) then
    raise exception 'the owner of "%" sees no row under FORCE ROW LEVEL SECURITY: they would be left behind', t;
  end if;
  if colocate_with <> 'none'
    and not exists (select 1 from citus.pg_dist_partition where logicalrelid = colocate_with::regclass and partmethod = 'h') then
    raise exception 'relation % is not distributed', colocate_with;
  end if;
  for k in select i.indexrelid::regclass as name from pg_index i
    where i.indrelid = t and (i.indisunique or i.indisexclusion) and not place = any (i.indkey::int2[]) loop
    raise exception 'cannot create constraint on "%": % does not include the distribution column', t, k.name;
  end loop;
  for k in select c.* from pg_constraint c where c.conrelid = t and c.contype = 'f' loop
    select d.partmethod into far from citus.pg_dist_partition d where d.logicalrelid = k.confrelid;
    if k.confrelid <> t and far is null then
      raise exception 'referenced table "%" must be a distributed table or a reference table', k.confrelid::regclass;
    end if;
    if place = any (k.conkey) and (k.confdeltype in ('n', 'd') or k.confupdtype in ('n', 'd', 'c')) then
      raise exception 'cannot create foreign key constraint %: SET NULL or SET DEFAULT is not supported when the distribution key is included', k.conname;
    end if;
    if (k.confrelid = t or far.partmethod = 'h') and not exists (
        select 1 from pg_attribute a where a.attrelid = k.confrelid and a.attname = key
          and array_position(k.conkey, place::int2) = array_position(k.confkey, a.attnum)) then
      raise exception 'cannot create foreign key constraint %: the distribution column stands elsewhere', k.conname;
    end if;
  end loop;
  if exists (select 1 from pg_policy where polrelid = t and (polqual::text like '%SUBLINK%' or polwithcheck::text like '%SUBLINK%')) then
    raise exception 'cannot create policy on "%": subqueries are not supported in policies on distributed tables', t;
  end if;
  insert into citus.pg_dist_partition values (t, 'h');
  insert into citus.asked (call) values (format('distribute %s by %s with %s', t, key, colocate_with));
end $$;

create function citus.truncate_local_data_after_distributing_table(t regclass) returns void language plpgsql as $$
begin
  if exists (select 1 from pg_constraint k where k.confrelid = t and k.contype = 'f'
      and not exists (select 1 from citus.pg_dist_partition d where d.logicalrelid = k.conrelid)) then
    raise exception 'cannot truncate a table referenced in a foreign key constraint by a local table';
  end if;
end $$;

{{ config(materialized='view', enabled=var('confluence__using_page_readers', false)) }}
{{- confluence.needed_tables_of_readers() -}}
-- A view: as a table it would have a row for each page and account.
select
    content.page_id,
    content.type,
    readers.account_id,
    content.restricted_by
from {{ ref('confluence__page_access') }} as content
inner join {{ ref('confluence__reader_sets') }} as readers
    on readers.reader_set_id = content.reader_set_id

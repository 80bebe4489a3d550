{%- set restricted = {
    'page_restrictions': 'page_id',
    'blog_post_restrictions': 'blog_post_id',
    'folder_restrictions': 'folder_id',
    'whiteboard_restrictions': 'whiteboard_id',
    'database_restrictions': 'database_id',
    'embed_restrictions': 'embed_id',
} -%}
-- Who alone may read something, whatever it is. Where it is not known who that is, nobody may be
-- taken to be let through.
with restrictions as (
    {%- for stream, key in restricted.items() %}
    select {{ key }} as content_id, operation, principal_type, principal_id, reason
    from {{ ref('stg_confluence__' ~ stream) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    content_id,
    principal_type,
    principal_id,
    reason,
    coalesce(principal_type not in ('user', 'group') or principal_id is null, 1 = 1) as is_unknown
from restrictions
where
    operation = 'read'
    {%- if confluence.unsupported_restrictions() == 'open' %}
    and not coalesce(principal_type = 'unknown' and reason like 'unsupported:%', 1 = 0)
    {%- endif %}

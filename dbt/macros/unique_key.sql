{# Fails for each key that is there twice, and for each row without one. #}
{% test unique_key(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_of_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{%- for column in columns %} or {{ column }} is null {%- endfor %}
{% endtest %}

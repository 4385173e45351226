id = terraform_data.given_text.id
output = terraform_data.given_text.output
input = terraform_data.given_text.input
output_of_nothing = terraform_data.given_nothing.output
input_of_nothing = terraform_data.given_nothing.input
triggers_of_nothing = terraform_data.given_nothing.triggers_replace
in_text = "id-${terraform_data.given_text.id}"
in_list = ["a", terraform_data.given_text.id]
in_object = { id = terraform_data.given_text.id, name = "n" }
id_is_null = terraform_data.given_text.id == null
id_not_null = terraform_data.given_text.id != null
id_compared = terraform_data.given_text.id == "x"
null_or_id = terraform_data.given_text.id != null ? "set" : "unset"
condition_unknown = terraform_data.given_text.id == "x" ? "a" : "b"
condition_unknown_same = terraform_data.given_text.id == "x" ? "a" : "a"
condition_unknown_objects = terraform_data.given_text.id == "x" ? { a = 1 } : { a = 2 }
length_of_list = length(terraform_data.given_list.output)
length_of_tuple = length(terraform_data.given_object.output.ports)
element_of_object = terraform_data.given_object.output.name
element_of_tuple = terraform_data.given_object.output.ports[1]
missing_of_object = can(terraform_data.given_object.output.absent)
missing_beyond = can(terraform_data.given_object.output.ports[5])
keys_of_object = keys(terraform_data.given_object.output)
input_of_object = terraform_data.given_object.input.ports[1]
many_ids = terraform_data.given_many[*].id
many_inputs = terraform_data.given_many[*].input
many_length = length(terraform_data.given_many)
many_one = terraform_data.given_many[1].input
many_beyond = can(terraform_data.given_many[2])
keyed_ids = { for k, v in terraform_data.given_keyed : k => v.id }
keyed_inputs = { for k, v in terraform_data.given_keyed : k => v.input }
keyed_keys = keys(terraform_data.given_keyed)
keyed_one = terraform_data.given_keyed["two.2"].input
keyed_values = values(terraform_data.given_keyed)[*].input
whole = terraform_data.given_text
whole_many = terraform_data.given_many
starts = startswith("pre-${terraform_data.given_text.id}", "pre-")
starts_not = startswith("pre-${terraform_data.given_text.id}", "post")
starts_open = startswith("pre-${terraform_data.given_text.id}", "pre-x")
empty_text = "pre-${terraform_data.given_text.id}" == ""
join_unknown = join(",", ["a", terraform_data.given_text.id])
concat_unknown = concat(["a"], [terraform_data.given_text.id])
length_known = length(["a", terraform_data.given_text.id])
merge_unknown = merge({ a = 1 }, { b = terraform_data.given_text.id })
lookup_unknown = lookup({ a = 1, b = terraform_data.given_text.id }, "a", 0)
json_unknown = jsonencode({ a = terraform_data.given_text.id })
try_unknown = try(terraform_data.given_text.id, "x")
can_unknown = can(terraform_data.given_text.id)
can_unknown_number = can(tonumber(terraform_data.given_text.id))
coalesce_unknown = coalesce(terraform_data.given_text.id, "x")
coalesce_known_first = coalesce("x", terraform_data.given_text.id)
contains_unknown = contains(["a", terraform_data.given_text.id], "a")
contains_unknown_open = contains(["a", terraform_data.given_text.id], "b")
set_unknown = toset(["a", terraform_data.given_text.id])
flatten_unknown = flatten([["a"], [terraform_data.given_text.id]])
for_unknown = [for x in ["a", terraform_data.given_text.id] : "${x}!"]
for_unknown_list = [for x in terraform_data.given_list.output : x]
for_unknown_key = { for x in ["a", terraform_data.given_text.id] : x => 1 }
for_unknown_if = [for x in ["a", terraform_data.given_text.id] : x if x != "a"]
splat_unknown = terraform_data.given_list.output[*]
index_unknown = terraform_data.given_list.output[0]
tuple_index_unknown = ["a", "b"][tonumber(terraform_data.given_text.output)]
zip_unknown = zipmap(["a", "b"], ["x", terraform_data.given_text.id])
zip_unknown_key = zipmap(["a", terraform_data.given_text.id], ["x", "y"])
and_unknown = false && terraform_data.given_text.id == "x"
or_unknown = true || terraform_data.given_text.id == "x"
and_unknown_open = true && terraform_data.given_text.id == "x"
not_unknown = !(terraform_data.given_text.id == "x")
sum_unknown = sum([1, length(terraform_data.given_text.id)])
length_positive = length(terraform_data.given_list.output) >= 0
number_unknown = 1 + length(terraform_data.given_text.id)
format_unknown = format("id %s of %s", "x", terraform_data.given_text.id)
compare_lists_unknown = [1, 2] == [terraform_data.given_text.id, 2]
compare_lists_length = ["x"] == ["x", terraform_data.given_text.id]
one_unknown = one([terraform_data.given_text.id])
slice_unknown = slice(["a", terraform_data.given_text.id, "c"], 0, 2)
reverse_unknown = reverse(["a", terraform_data.given_text.id])
element_unknown = element(["a", terraform_data.given_text.id], 0)
tolist_unknown = tolist(["a", terraform_data.given_text.id])
tomap_unknown = tomap({ a = "x", b = terraform_data.given_text.id })
split_unknown = split(",", terraform_data.given_text.id)
upper_unknown = upper(terraform_data.given_text.id)
sort_unknown = sort(["b", terraform_data.given_text.id])
distinct_unknown = distinct(["a", terraform_data.given_text.id])
compact_unknown = compact(["", terraform_data.given_text.id])
range_unknown = range(length(terraform_data.given_text.id))
cidr_unknown = cidrhost(terraform_data.given_text.output, 1)
values_unknown = values({ a = 1, b = terraform_data.given_text.id })
keys_unknown = keys({ a = 1, b = terraform_data.given_text.id })
alltrue_unknown = alltrue([false, terraform_data.given_text.id == "x"])
anytrue_unknown = anytrue([true, terraform_data.given_text.id == "x"])
setproduct_unknown = setproduct(["a"], ["b", terraform_data.given_text.id])
transpose_unknown = transpose({ a = [terraform_data.given_text.id] })
condition_unknown_list = terraform_data.given_text.id == "x" ? ["a"] : ["b"]
condition_unknown_null = terraform_data.given_text.id == "x" ? "a" : null
chunk_unknown = chunklist(["a", terraform_data.given_text.id, "c"], 2)
template_if_unknown = "%{ if terraform_data.given_text.id == "x" }a%{ else }b%{ endif }"
template_for_unknown = "%{ for x in [terraform_data.given_text.id] }${x}%{ endfor }"
heredoc_unknown = <<-EOT
    id: ${terraform_data.given_text.id}
    EOT
sensitive_unknown = sensitive(terraform_data.given_text.id)

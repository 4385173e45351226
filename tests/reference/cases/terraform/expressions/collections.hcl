for_tuple = [for n in [1, 2, 3] : n * 2]
for_index = [for i, n in ["a", "b"] : "${i}${n}"]
for_if = [for n in var.numbers : n if n > 1]
for_map_keys = [for k, v in var.ages : "${k}=${v}"]
for_map_one = [for v in var.ages : v]
for_set = [for n in var.names : n]
for_set_two = [for a, b in var.names : a == b]
for_number_set = [for n in var.number_set : n]
for_object = { for n in var.numbers : n => n * n }
for_object_set = { for n in var.names : upper(n) => n }
for_group = { for n in ["apple", "avocado", "beet"] : substr(n, 0, 1) => n... }
for_group_mixed = { for i, v in [1, "a", true, 1] : (i % 2 == 0 ? "even" : "odd") => v... }
for_object_bool = { for b in [true, false] : b => !b }
for_nested = [for a in [1, 2] : [for b in [3, 4] : a * b]]
for_shadow = [for numbers in var.numbers : numbers]
for_empty = [for x in [] : x]
for_empty_object = { for x in [] : x => x }
for_of_object = { for k, v in { b = 1, a = "x" } : v => k }
for_object_key_expression = { for p in var.people : "${p.name}!" => p.roles }
for_string = can([for c in "abc" : c])
for_null = can([for c in null : c])
for_duplicate = can({ for n in [1, 1] : n => n })
for_key_null = can({ for n in [1] : null => n })
for_condition_null = can([for n in [1] : n if null])
splat_list = var.people[*].name
splat_attribute = var.people.*.name
splat_null = var.null_string[*]
splat_null_any = var.null_any[*]
splat_single = "x"[*]
splat_object = var.person[*].name
splat_nested = [[1, 2], [3]][*][0]
splat_attribute_index = [["a", "b"], ["c", "d"]].*[1]
splat_legacy_index = [["a", "b"], ["c", "d"]].*.1
splat_set = var.names[*]
splat_map = { a = 1 }[*]
splat_of_splat = [{ l = [{ n = 1 }, { n = 2 }] }, { l = [{ n = 3 }] }][*].l[*].n
splat_empty = [][*].name
splat_missing = can(var.people[*].absent)
splat_length = can(length(var.null_list[*]))
splat_typed_null_list = [can(var.null_list[*]), can(var.null_map[*]), can(var.null_any[*])]
splat_roles = var.people[*].roles
object_words = { null = 1, true = 2, for_each = 3, if = 4, in = 5 }
object_colon = { a : 1, "b" : 2 }
object_key_parentheses = { (var.person.name) = 1, "${var.person.name}y" = 2 }
object_key_number = { 1 = "a", 1.5 = "b", 1e3 = "c" }
object_duplicate = { a = 1, b = 3, a = 2 }
object_order = { b = 1, a = 2, B = 3, "é" = 4, _ = 5, "1" = 6 }
object_lines = {
  a = 1
  b = 2, c = 3
}
object_key_bool = { (true) = 1 }
object_key_null = can({ (null) = 1 })
map_order = tomap({ z = 1, a = 2, M = 3 })
nested_types = { list = tolist([1]), set = toset([2, 2]), map = tomap({ a = "b" }), tuple = [1, "x", null] }
set_numbers = toset([10, 9, 100, 1])
set_bools = toset([true, false, true])
set_texts = toset(["10", "9", "Z", "a", "é", ""])
set_of_lists = toset([[2, 1], [1, 2], [1]])
set_of_tuples = toset([[1, "b"], [1, "a"]])
set_of_objects = toset([{ a = 2, b = "x" }, { a = 1, b = "y" }, { a = 1, b = "x" }])
set_of_maps = toset([tomap({ b = 1 }), tomap({ a = 2 }), tomap({ a = 1 })])
set_with_null = toset(["b", null, "a"])
set_negative = toset([-1, 0, 1, -0.5, 1e10])
set_of_sets = toset([toset(["b", "a"]), toset(["c"])])
defaults = var.people
tuple_converted = var.pair
person_converted = var.person
index_negative = can([1, 2][-1])
index_beyond = can([1, 2][2])
index_fraction = can([1, 2][0.5])
index_null = can([1, 2][null])
index_set = can(var.names[0])
attribute_of_list = can(var.numbers.name)
attribute_of_null = can(var.null_map.x)
attribute_of_text = can("x".y)
key_absent = can(var.ages["bob"])
trailing_comma = [1, 2, ]
expand_object = merge([{ a = 1 }, { b = 2 }]...)
expand_set = max(var.number_set...)
expand_empty = can(max([]...))

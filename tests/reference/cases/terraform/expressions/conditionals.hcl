number_text = true ? 1 : "a"
text_number = false ? 1 : "a"
bool_text = true ? true : "x"
null_then = true ? null : "x"
null_else = false ? null : 5
both_null = true ? null : null
tuple_list = true ? [1, 2] : tolist(["a"])
tuples_length = true ? [1, 2] : [3]
tuples_mixed = true ? [1, "x"] : [true]
tuples_same = can(false ? [1, "x"] : [true, 2])
tuple_empty = true ? [] : ["a"]
objects_same = true ? { a = 1 } : { a = "x" }
objects_different = true ? { a = 1 } : { b = "x" }
objects_empty = true ? {} : { a = 1 }
objects_empty_else = false ? {} : { a = 1 }
object_map = true ? { a = 1 } : tomap({ b = "x" })
list_set = true ? tolist([2, 1]) : toset([1])
set_list = false ? tolist([2, 1]) : toset([5, 3, 5])
set_list_types = can(false ? tolist([2, 1]) : toset(["b", "a"]))
nested_objects = true ? { a = { b = 1 } } : { a = { b = "x" } }
list_of_objects = true ? [{ a = 1 }] : [{ a = "x" }, { a = "y" }]
text_condition = "true" ? "yes" : "no"
condition_null = can(null ? 1 : 2)
condition_number = can(1 ? 1 : 2)
condition_word = can("maybe" ? 1 : 2)
condition_list = can([] ? 1 : 2)
incompatible = can(true ? [1] : "x")
incompatible_objects = can(true ? { a = 1 } : [1])
failing_other = can(true ? 1 : var.person.absent)
chain = length(var.numbers) > 5 ? "many" : length(var.numbers) > 2 ? "some" : "few"
typed_null = true ? var.null_string : 5
typed_null_number = true ? var.null_any : 5
list_of_nulls = true ? [null] : ["a"]
numbers_text_equal = (true ? 1 : "a") == "1"
number_from_text = true ? "1" : 2
bool_number = can(true ? true : 1)
map_null = true ? tomap({ a = null }) : tomap({ a = "x" })
tuple_of_tuples = true ? [[1], ["a"]] : [["b"], [2]]
list_of_numbers_texts = true ? tolist([1, 2]) : tolist(["a"])
object_with_null = true ? { a = null, b = 1 } : { a = "x", b = null }
object_extra = false ? { a = 1, b = 2 } : { a = 1 }
for_or_empty = length(var.names) > 1 ? [for n in var.names : { name = n }] : []
map_or_empty = true ? { for n in var.names : n => 1 } : {}
map_or_null = false ? { for n in var.names : n => 1 } : null
key_exists = can(var.ages.tom) ? var.ages.tom : 0
sensitive_condition = nonsensitive(var.secret == "hunter2" ? "a" : "b")
null_text_else = var.null_string == null ? 5 : var.null_string
null_number_else = true ? "5" : tonumber(null)

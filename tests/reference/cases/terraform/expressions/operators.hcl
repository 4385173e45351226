precedence = 1 + 2 * 3 - 4 / 2
parentheses = (1 + 2) * (3 - 4) / 2
modulo = 7 % 3
modulo_negative = -7 % 3
modulo_negative_divisor = 7 % -3
modulo_fraction = 7.5 % 2
unary = -(-3)
double_not = !!true
not_text = !"false"
text_arithmetic = "3" + "4"
text_fraction = "0x10" == 16
text_product = "1e3" * "2"
compare_text_number = "1" == 1
compare_bool_text = true == "true"
compare_null = null == null
compare_null_text = null == ""
compare_typed_null = var.null_string == null
compare_list_tuple = var.numbers == [3, 1, 2]
compare_tolist = var.numbers == tolist([3, 1, 2])
compare_tuple = [1, "a"] == [1, "a"]
compare_object = { a = 1 } == { a = 1 }
compare_object_types = { a = 1 } == { a = "1" }
compare_map_object = var.ages == { tom = 30, "ann lee" = 25 }
compare_map = var.ages == tomap({ "ann lee" = 25, tom = 30 })
compare_sets = var.names == toset(["c", "b", "a"])
compare_empty = [] == tolist([])
compare_empty_object = {} == tomap({})
compare_order = [1, 2] == [2, 1]
less_text = "10" < 9
less_equal = 3 <= 3.0
greater_equal = 2.5 >= "2.50"
unequal = "a" != "b"
and_or = true || false && false
and_text = "true" && true
or_first = false || "true"
compare_chain = (1 < 2) == true
not_binds = !false && false
minus_text = -"5"
minus_zero = -0
zero_equal = 0 == -0
condition_in_sum = 1 + (true ? 1 : 2)
nested_condition = true ? false ? 1 : 2 : 3
index_number_text = ["a", "b"]["1"]
index_fraction_zero = ["a", "b"][1.0]
legacy_index = var.numbers.0
legacy_index_nested = [["a"], ["b", "c"]].1[1]
object_index_number = { 1 = "one" }[1]
object_index_bool = { true = "yes" }[true]
attribute_of_map = var.ages.tom
bracket_of_object = var.person["name"]
big_compare = 9007199254740993 > 9007199254740992
float_equal = 0.1 + 0.2 == 0.3
and_short_null = can(false && null)
comment = 1 + /* inline */ 2 # end
multiple_lines = (
  1
  + 2
)
unequal_null = var.null_string != "x"
object_null_equal = { a = null } == { a = null }

package main

import rego.v1

deny_text contains "a text"

deny_object contains {"msg": "an object"}

deny_number contains 5

deny_empty contains ""

deny_unicode contains "ünï \u2028 <b> & \t tab"

deny_lines contains "first\nsecond"

deny_complete := "a complete rule"

deny_list := ["an item", "another"]

deny_set := {"a member"}

deny_true := true

deny_false := false

deny_null := null

deny_map[key] := "value" if some key in ["key"]

deny_undefined contains "never" if input.none

deny_twice contains "the same"

deny_again contains "the same"

warn_list := ["a warning"]

package main

import rego.v1

deny_text contains "a text"

deny_object contains {"msg": "an object"}

deny_unicode contains "ünï \u2028 <b> & \t tab"

deny_lines contains "first\nsecond"

deny_list := ["an item", "another"]

deny_set := {"a member"}

deny_undefined contains "never" if input.none

deny_twice contains "the same"

deny_again contains "the same"

warn_list := ["a warning"]

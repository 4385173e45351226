package main

import rego.v1

deny contains "plain" if input.plain

deny_named contains "named" if input.named

violation_named contains {"msg": "violation of the same name"} if input.named

deny_two_words contains "two words" if input.named

warn_named contains "warned" if input.named

deny_kept contains "kept" if input.named

exception contains rules if {
	input.skip == "plain"
	rules := [""]
}

exception contains rules if {
	input.skip == "named"
	rules := ["named", "two_words"]
}

exception contains rules if {
	input.skip == "nothing"
	rules := ["deny_kept", "deny", "unknown"]
}

plain = <<EOT
first
  second
EOT
indented = <<-EOT
    first
      second
    third
    EOT
indented_blank = <<-EOT
    a

      b
  EOT
interpolated = <<EOT
sum ${1 + 1}
literal $${x} %%{y}
backslash \n "quotes"
EOT
loop = <<EOT
%{ for n in var.numbers ~}
number ${n}
%{ endfor ~}
EOT
loop_untrimmed = <<EOT
%{ for n in var.numbers }
number ${n}
%{ endfor }
EOT
loop_indented = <<-EOT
    begin
    %{~ for n in var.numbers ~}
      ${n}
    %{~ endfor ~}
    end
    EOT
branch = <<-EOT
    %{ if length(var.numbers) > 2 }
    many
    %{ else }
    few
    %{ endif }
    EOT
interpolation_indent = <<-EOT
      ${"deep"}
    shallow
    EOT
multiline_value = <<-EOT
    list:
      ${indent(6, "a\nb")}
    EOT
empty = <<EOT
EOT
only_blank = <<EOT

EOT
tabs = <<-EOT
		two
			three
	EOT
in_call = upper(<<EOT
shout
EOT
)
in_list = [<<A
one
A
, <<B
two
B
]
hash_inside = <<EOT
# no comment
// neither /* here */
EOT
trailing_spaces = <<-EOT
    a  
      b	
    EOT
trim_mixed = <<-EOT
    a ${~ "b" ~}
    c
    EOT
indented_expression_first = <<-EOT
    ${join("\n", ["x", "y"])}
    z
    EOT
chomped = chomp(<<EOT
x
EOT
)
marker_in_text = <<EOT
xEOT
EOTx
EOT
unicode_text = <<EOT
é ü €
EOT
EOT_length = length(<<-EOT
    é
    EOT
)
if_inline = <<EOT
a%{ if true } b%{ endif } c
EOT
json = <<EOT
${jsonencode({ a = [1, "x"] })}
EOT

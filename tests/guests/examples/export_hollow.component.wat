;; A component whose `parser` has none of the functions. It must be refused.
(component
  (instance $parser)
  (export "palisade:parser/parser@0.1.0" (instance $parser)))

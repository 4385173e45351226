;; A component that exports nothing. It must be refused: it is no plugin of any world.
(component)

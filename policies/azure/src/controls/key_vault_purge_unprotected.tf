resource "azurerm_key_vault" "none" { #! failed
  name = "none"
}

resource "azurerm_key_vault" "off" {
  purge_protection_enabled = false #! failed
}

variable "protect" {
  type = bool
}

resource "azurerm_key_vault" "later" {
  purge_protection_enabled = var.protect #! unknown
}

resource "azurerm_key_vault" "on" {
  purge_protection_enabled = true
}

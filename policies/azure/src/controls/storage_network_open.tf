resource "azurerm_storage_account" "none" { #! failed
  name = "none"
}

resource "azurerm_storage_account" "allowed" {
  name = "allowed"

  network_rules {
    default_action = "Allow" #! failed
  }
}

resource "azurerm_storage_account" "inline" {
  name = "inline"

  network_rules {
    default_action = "Deny"
  }
}

resource "azurerm_storage_account" "off" {
  name                          = "off"
  public_network_access_enabled = false
}

resource "azurerm_storage_account" "beside" {
  name = "beside"
}

resource "azurerm_storage_account_network_rules" "beside" {
  storage_account_id = azurerm_storage_account.beside.id
  default_action     = "Deny"
}

resource "azurerm_storage_account" "beside_allowed" {
  name = "besideallowed"
}

resource "azurerm_storage_account_network_rules" "beside_allowed" {
  storage_account_name = "besideallowed"
  default_action       = "Allow" #! failed
}

variable "later" {
  type = string
}

resource "azurerm_storage_account" "inline_later" {
  name = "inlinelater"

  network_rules {
    default_action = var.later #! unknown
  }
}

resource "azurerm_storage_account" "off_later" {
  name                          = "offlater"
  public_network_access_enabled = var.later #! unknown
}

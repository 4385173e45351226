resource "azurerm_network_security_group" "inline" {
  name = "inline"

  security_rule {
    name                       = "any"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    destination_port_range     = "*"
    source_address_prefixes    = ["10.0.0.0/8", "0.0.0.0/0"]
    destination_address_prefix = "*"
  }
}

variable "priority" {
  type = number
}

# Whether it comes before cannot be known.
resource "azurerm_network_security_rule" "never" {
  name                        = "never"
  network_security_group_name = azurerm_network_security_group.inline.name
  priority                    = var.priority #! unknown any
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
}

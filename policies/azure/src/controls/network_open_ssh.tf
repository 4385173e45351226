resource "azurerm_network_security_group" "inline" {
  name = "inline"

  security_rule {
    name                       = "ssh"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "*"
    destination_port_ranges    = ["80", "20-25"]
    source_address_prefix      = "Internet" #! failed ssh
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "out"
    priority                   = 101
    direction                  = "Outbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "udp"
    priority                   = 102
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Udp"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_network_security_rule" "beside" {
  name                        = "beside"
  network_security_group_name = azurerm_network_security_group.guarded.name
  priority                    = 300
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
}

# A rule that comes before says no: inline there, beside it here.
resource "azurerm_network_security_group" "guarded" {
  name = "guarded"

  security_rule {
    name                       = "never"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}

# One that comes before the denial.
resource "azurerm_network_security_rule" "early" {
  name                        = "early"
  network_security_group_name = "guarded"
  priority                    = 150
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  destination_port_range      = "22"
  source_address_prefix       = "0.0.0.0/0" #! failed
  destination_address_prefix  = "*"
}

variable "source" {
  type = string
}

resource "azurerm_network_security_rule" "later" {
  name                        = "later"
  network_security_group_name = "elsewhere"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  destination_port_range      = "22"
  source_address_prefix       = var.source #! unknown
  destination_address_prefix  = "*"
}

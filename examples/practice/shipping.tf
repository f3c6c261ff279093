# Four steps, each after the one before. The third needs a directory that nobody made: it exits with 7.

resource "terraform_data" "label_printer" {
  depends_on = [terraform_data.intake_queue]

  provisioner "local-exec" {
    command = "echo 'printer=a6' > '/srv/desk/settings/label-printer.conf'"
  }
}

resource "terraform_data" "parcel_rates" {
  depends_on = [terraform_data.label_printer]

  provisioner "local-exec" {
    command = "echo 'zone1=490' > '/srv/desk/settings/parcel-rates.conf'"
  }
}

resource "terraform_data" "carrier_login" {
  depends_on = [terraform_data.parcel_rates]

  provisioner "local-exec" {
    command = "cd '/srv/desk/settings/carriers' || exit 7; echo 'carrier=snail' > login.conf"
  }
}

resource "terraform_data" "dispatch" {
  depends_on = [terraform_data.carrier_login]

  provisioner "local-exec" {
    command = "echo 'dispatch=on' > '/srv/desk/settings/dispatch.conf'"
  }
}

# The order desk's surroundings. No provider is needed: `terraform_data` is built in, and what a real resource would do
# is done here by a command, which is why the preview says "can't be predicted" for each of them.

variable "place" {
  description = "Absolute path of the directory that the order desk reads its settings from."
  type        = string
}

resource "terraform_data" "intake_queue" {
  input = { name = "intake", depth = 100 }

  provisioner "local-exec" {
    command = "printf 'queue=%s depth=%s\\n' intake 100 > '${var.place}/intake.conf'"
  }
}

# The order desk's surroundings. No provider is needed: `terraform_data` is built in, and what a real resource would do
# is done here by a command, which is why the preview says that nobody can predict it. The range writes its own directory in
# place of /srv/desk/settings.

resource "terraform_data" "intake_queue" {
  input = { name = "intake", depth = 100 }

  provisioner "local-exec" {
    command = "printf 'queue=%s depth=%s\\n' intake 100 > '/srv/desk/settings/intake.conf'"
  }
}

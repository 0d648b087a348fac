# Encrypted with CloudWatch Logs' own key: other jobs of the account log here too, and would lose their lines with this project's key.
resource "aws_cloudwatch_log_group" "training" {
  name              = var.log_group_name
  retention_in_days = var.retention_days
  skip_destroy      = var.retain_on_destroy
}

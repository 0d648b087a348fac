using Cake.Core.IO;

namespace Cake.Terraform.Show;

public class TerraformShowSettings : TerraformSettings
{
    public FilePath? PlanFile { get; set; }

    public FilePath? OutFile { get; set; }
}

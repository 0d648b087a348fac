namespace BuildPipeline.Sandbox.Authorization;

/// <summary>AWS Budgets, which has two actions for all of budgets and their notifications.</summary>
internal static class BudgetPermissions
{
    private const string Prefix = "budgets";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["CreateBudget"] = CreateBudget,
        ["CreateNotification"] = Modify,
        ["DeleteBudget"] = Modify,
        ["DeleteNotification"] = Modify,
        ["DescribeBudget"] = View,
        ["DescribeBudgets"] = View,
        ["DescribeNotificationsForBudget"] = View,
        ["DescribeSubscribersForNotification"] = View,
        ["ListTagsForResource"] = PermissionTable.On(Prefix, call => call.Text("ResourceARN")),
        ["TagResource"] = PermissionTable.Tagging(Prefix, "ResourceARN", "ResourceTags"),
        ["UntagResource"] = PermissionTable.Untagging(Prefix, "ResourceARN", "ResourceTagKeys"),
        ["UpdateBudget"] = Modify,
    };

    private static IEnumerable<Permission> CreateBudget(OperationCall call) =>
        PermissionTable.Tagged(call, new Permission("budgets:ModifyBudget", BudgetArn(call)), "budgets:TagResource", "ResourceTags");

    private static IEnumerable<Permission> Modify(OperationCall call) => [new Permission("budgets:ModifyBudget", BudgetArn(call))];

    private static IEnumerable<Permission> View(OperationCall call) => [new Permission("budgets:ViewBudget", BudgetArn(call))];

    private static string BudgetArn(OperationCall call) => call.GlobalArn(
        Prefix, "budget/" + (call.Find("BudgetName") ?? call.Find("Budget.BudgetName") ?? call.Find("NewBudget.BudgetName") ?? "*"));
}

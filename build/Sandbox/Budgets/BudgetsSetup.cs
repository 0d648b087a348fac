using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Budgets;

internal static class BudgetsSetup
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) => services
        .AddSingleton<BudgetStore>()
        .AddSingleton<BudgetAlerts>()
        .AddHostedService(provider => provider.GetRequiredService<BudgetAlerts>())
        .AddSingleton<BudgetOperations>()
        .AddSingleton<NotificationOperations>()
        .AddSingleton<IAwsService, BudgetsService>();
}

namespace BuildPipeline.Sandbox.Pricing;

internal static class PricingSetup
{
    public static IServiceCollection AddPricing(this IServiceCollection services) => services.AddSingleton<RateTable>();

    /// <summary>As AWS's, it needs no credentials.</summary>
    public static WebApplication MapPricing(this WebApplication app)
    {
        app.MapGet("/offers/v1.0/aws/AmazonSageMaker/current/{region}/index.json", async (string region, RateTable table, HttpContext context) =>
        {
            if (!table.Regions.Contains(region))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            context.Response.ContentType = "application/json";
            await PriceListDocument.WriteAsync(context.Response.Body, table, region, context.RequestAborted);
        });
        return app;
    }
}

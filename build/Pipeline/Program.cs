using BuildPipeline.Hosting;
using Cake.Frosting;

return EntryPoint.Run(args, options => CakeHost.Create()
    .UseContext<PipelineContext>()
    .UseLifetime<PipelineLifetime>()
    .ConfigureServices(services => services.AddPipeline(options))
    .Run(options.CakeArguments));

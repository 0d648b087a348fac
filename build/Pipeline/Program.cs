using BuildPipeline.Hosting;
using Cake.Frosting;

return EntryPoint.Run(args, (options, exit) => CakeHost.Create()
    .UseContext<PipelineContext>()
    .UseLifetime<PipelineLifetime>()
    .ConfigureServices(services => services.AddPipeline(options, exit))
    .Run(options.CakeArguments));

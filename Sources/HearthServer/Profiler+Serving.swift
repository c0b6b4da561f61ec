internal import Foundation
public import Hearth
internal import HearthDiscovery
internal import HearthExport
internal import HearthHTTP
internal import Logging

extension Profiler {
    /// Starts to profile this process as ``Profiler/start(service:configuration:)`` does, serves endpoints and pushes windows
    /// to a Pyroscope, as code and the variables `HEARTH_LISTEN`, `HEARTH_PYROSCOPE_URL`, … say. Never throws and returns at
    /// once.
    ///
    /// ```swift
    /// import HearthServer
    /// let profiler = Profiler.startServing(service: "recommender")   // first line of main
    /// ```
    public static func startServing(
        service: String, configuration: Configuration = .init(), serving: ServingConfiguration = .init()
    ) -> Profiler {
        start(service: service, configuration: configuration) { service, configuration in
            let folder = ServiceFolder.own()
            let socket = folder.socketPath(service: service, pid: getpid())
            let environment = ProcessInfo.processInfo.environment
            let settings = ServingSettings(serving, environment: environment, ownSocket: socket)
            for warning in settings.warnings { configuration.logger.warning("\(warning)") }
            if let url = settings.pyroscope {
                configuration.exporters.append(pyroscope(url, settings.serving, configuration, folder))
            }
            guard let address = settings.address else { return [] }
            return [ProfilerServer(address, token: settings.token, folder: folder, logger: configuration.logger)]
        }
    }

    private static func pyroscope(
        _ url: HTTPURL, _ serving: ServingConfiguration, _ configuration: Configuration, _ folder: ServiceFolder
    ) -> PyroscopeExporter {
        var push = PyroscopeSettings(url: url)
        push.tenant = serving.pyroscopeTenant
        push.tokenFile = serving.pyroscopeTokenFile
        // A folder that lasts, where there is one: what waits shall survive a restart.
        push.spoolFolder = serving.spool ?? "\(configuration.store ?? folder.path)/spool"
        push.spoolBytes = serving.spoolBytes
        return PyroscopeExporter(push, sender: serving.transport.sender, logger: configuration.logger)
    }
}

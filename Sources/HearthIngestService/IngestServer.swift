package import HearthHTTP
package import HearthIngestion

/// Ingestion as a service: documents by HTTP into a store, and queries of it. Thread-safe.
package final class IngestServer: Sendable {
    package struct Settings: Sendable {
        package var address: HTTPAddress
        package var queue = IngestQueue.Settings()
        /// Bytes of a body, as it comes and unpacked: 413 above.
        package var longestBody = 16 << 20
        /// Bytes of bodies in memory at once: 429 above. At least twice `longestBody`, so that one body always has room.
        package var bytesInFlight = 64 << 20

        package init(address: HTTPAddress) { self.address = address }
    }

    private let server: HTTPServer
    private let endpoints: IngestEndpoints

    /// Where it listens, with the port that port 0 became.
    package var address: HTTPAddress { server.address }

    package var statistics: IngestQueue.Statistics { endpoints.queue.statistics }

    private init(_ server: HTTPServer, _ endpoints: IngestEndpoints) {
        self.server = server
        self.endpoints = endpoints
    }

    /// Opens the store, and makes it where there is none; returns when connections are taken.
    ///
    /// - Throws: ``StoreError``, `HTTPServerError`.
    package static func start(
        store: String, pipeline: DocumentPipeline, settings: Settings
    ) async throws -> IngestServer {
        precondition(settings.bytesInFlight >= 2 * settings.longestBody, "a packed body and what it becomes must fit")
        let queue = try IngestQueue(store: store, pipeline: pipeline, settings: settings.queue)
        do {
            let search = try DocumentSearch(store: store, pipeline: pipeline)
            let endpoints = IngestEndpoints(queue, search, settings)
            var limits = HTTPServerLimits()
            limits.bodySize = settings.longestBody
            // A long body on a slow line, and the batches that are before it.
            limits.readTimeout = .seconds(60)
            limits.requestTimeout = .seconds(600)
            let server = try await HTTPServer.start(
                settings.address, limits: limits, admission: endpoints.admission
            ) { await endpoints.answer($0) }
            return IngestServer(server, endpoints)
        } catch {
            try? await queue.stop()
            throw error
        }
    }

    /// Takes no more connections, answers the requests that run, commits all documents that were taken, also those whose answer came too
    /// late, and closes the store.
    ///
    /// - Parameter time: how long requests may go on.
    package func stop(within time: Duration = .seconds(30)) async throws(StoreError) {
        endpoints.beginToStop()
        await server.stop(within: time)
        // Who closes last folds the log into the file, and only who writes can.
        try? await endpoints.search.close()
        try await endpoints.queue.stop()
    }
}

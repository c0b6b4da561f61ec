internal import Foundation
internal import HearthIngestion
internal import HearthRuntime

/// A run of the pipeline into a store that it makes anew each time: what is measured again and again.
struct FreshRun {
    var job: IngestJob

    /// - Parameter folder: for the store, and for what is set aside.
    init(input: String, folder: String, pipeline: DocumentPipeline, runtime: RuntimeOptions) {
        job = IngestJob(input: input, store: "\(folder)/store.db", rejectedPath: "\(folder)/rejected.jsonl")
        runtime.apply(to: &job, pipeline)
        job.options.keepsTable = false
    }

    /// Throws `CancellationError` where it was interrupted, and what the job throws.
    func run() async throws -> IngestReport {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: job.store + suffix) }
        let report = try await job.run()
        if case .interrupted = report.ending { throw CancellationError() }
        return report
    }
}

internal import Foundation
internal import Hearth
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthProfile
internal import HearthRuntime
internal import HearthServer
internal import HearthTerminal
internal import Logging

/// The agent around a run, and the folder of what it saw.
struct Recording {
    private let folder: String
    private let profiler: Profiler
    private let recording: ProfileRecording

    /// Makes the folder and starts the profiler.
    init(folder: String, hertz: Int) async throws {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("cannot make the folder \(folder)", hint: "name another one with --profile")
        }
        var configuration = Profiler.Configuration()
        configuration.hertz = hertz
        configuration.logger.logLevel = .warning
        profiler = Profiler.startServing(service: "hearth-ingest", configuration: configuration)
        await profiler.ready()
        recording = await profiler.startRecording()
    }

    /// What was seen and could be written.
    struct Summary {
        /// The tables for a person; empty without a node table.
        var text = ""
        /// Why files are missing.
        var failures: [String] = []
    }

    /// Ends the profiler and writes the files, each of them whatever became of the others.
    func write(_ table: NodeTable?) async -> Summary {
        let profile = await recording.finish()
        await profiler.stop()
        let column = profile.column(ofType: "cpu") ?? profile.defaultSampleType
        let cpu = profile.totals(byLabel: "node", column: column)
        var summary = Summary()
        var written: [String] = []
        func write(_ name: String, _ body: (String) throws -> Void) {
            do {
                try body("\(folder)/\(name)")
                written.append(name)
            } catch {
                summary.failures.append("\(error)")
            }
        }
        write("flamegraph.svg") { path in
            let options = FlameGraphOptions(title: "hearth-ingest: CPU time by node")
            try FlameGraph(profile.grouped(by: ["node"]), column: column, options: options).write(to: path)
        }
        write("flamegraph.html") { path in
            // By node there: the page groups and filters by label itself.
            let options = FlameGraphOptions(title: "hearth-ingest: CPU time")
            try FlameGraph(profile, column: column, options: options).write(to: path)
        }
        write("profile.pb.gz") { try profile.write(to: $0) }
        write("profile.folded") { try profile.write(to: $0, column: column) }
        guard let table else { return summary }
        let report = NodeReport(table, cpu: cpu)
        write("nodes.json") { try AtomicFile.write(report.json(), to: $0) }
        if !profile.isEmpty { summary.text += "Costliest functions\n\n\(Self.functions(profile, column: column))\n" }
        summary.text += "Nodes\n\n\(report.text())\n"
        if !written.isEmpty { summary.text += "Profile in \(folder): \(written.joined(separator: ", "))\n\n" }
        return summary
    }

    private static func functions(_ profile: Profile, column: Int) -> String {
        let totals = FunctionTotals(profile, column: column)
        var table = TextTable(columns: [
            .init("self", .right), .init("%", .right), .init("total", .right), .init("%", .right), .init("function"),
        ])
        func share(_ value: Int64) -> String {
            totals.total > 0 ? decimal(100 * Double(value) / Double(totals.total), places: 1) : "0.0"
        }
        func seconds(_ value: Int64) -> String { decimal(Double(value) / 1e9, places: 2) + " s" }
        for row in totals.sorted(by: .selfValue, limit: 10) {
            table.append([
                seconds(row.selfValue), share(row.selfValue), seconds(row.totalValue), share(row.totalValue), row.name,
            ])
        }
        let isTerminal = StandardStream.output.isTerminal
        return table.rendered(styled: isTerminal, maxWidth: isTerminal ? StandardStream.output.columns : nil)
    }
}

extension Profile {
    /// The sum of a column by the value of a label; samples without it count under the empty name. O(samples).
    fileprivate func totals(byLabel key: String, column: Int) -> [String: Int64] {
        var totals: [String: Int64] = [:]
        for (row, sample) in samples.enumerated() {
            totals[labels[sample.labels][key]?.description ?? "", default: 0] &+= value(row: row, column: column)
        }
        return totals
    }
}

/// A number with a fixed count of decimals, the same in every locale.
func decimal(_ value: Double, places: Int) -> String {
    String(format: "%.\(places)f", value)
}

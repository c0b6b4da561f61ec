import Foundation
import HearthFormats
import HearthProfile
import HearthTestRuns
import Testing

extension ServingTests {
    /// `hearth` on the store that services have written.
    @Suite(.serialized) struct StoreCommandTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func hearth(_ arguments: String...) throws -> Command.Outcome {
            var command = Command(Checkout.product("hearth"))
            command.arguments = arguments
            return try command.run()
        }

        /// Runs a version of the service until it has kept some windows.
        private func serve(version: String) throws {
            let service = try RunningService([
                "HEARTH_STORE": folder.path("store"), "OTEL_RESOURCE_ATTRIBUTES": "service.version=\(version)",
            ])
            usleep(4_000_000)
            #expect(service.stop().status == 0)
        }

        /// A unit of its work takes ten milliseconds of CPU time, whatever the load of the machine.
        @Test func aReleaseIsComparedByTheWorkDone() throws {
            let store = folder.path("store")
            try serve(version: "1.4")
            try serve(version: "1.5")
            let top = try hearth("top", "--store", store, "--from", "-15m", "--where", "version=1.4")
            #expect(top.status == 0 && top.output.contains("searchDocuments"), "\(top.errors)")
            let merged = try hearth("merge", "--store", store, "--from", "-1h", "-o", folder.path("hour.pb.gz"))
            #expect(merged.status == 0, "\(merged.errors)")
            let hour = try Profile(contentsOf: folder.path("hour.pb.gz"))
            #expect(hour.samples(through: "searchDocuments") > 0)
            #expect(try hour.cut(into: 2).allSatisfy { !$0.isEmpty })

            let diff = try hearth(
                "diff", "--store", store, "--base", "version=1.4", "--new", "version=1.5", "--sample-type", "cpu",
                "--format", "json")
            #expect(diff.status == 0, "\(diff.errors)")
            struct File: Decodable {
                struct Work: Decodable {
                    var base: Double
                    var new: Double
                }
                struct Function: Decodable {
                    struct Change: Decodable {
                        var base: Double
                        var new: Double
                    }
                    var function: String
                    var total: Change
                }
                var normalization: String
                var work: Work?
                var functions: [Function]
            }
            let file = try JSONDecoder().decode(File.self, from: Data(diff.output.utf8))
            #expect(file.normalization == "work")
            let work = try #require(file.work)
            let search = try #require(file.functions.first { $0.function.hasPrefix("searchDocuments") })
            // Some hundred samples a side: within a third, which is five deviations.
            for cost in [search.total.base / work.base, search.total.new / work.new] {
                #expect(abs(cost - 10e6) < 3.3e6, "\(cost) ns a unit; \(diff.errors)")
            }
            #expect(diff.errors.contains("hearth: compared by cost of a unit of work: base "), "\(diff.errors)")
            let picture = try hearth(
                "diff", "--store", store, "--base", "version=1.4", "--new", "version=1.5", "-o", folder.path("x.svg"))
            #expect(picture.status == 0)
            #expect(folder.text("x.svg").contains("a unit of work"))
        }
    }
}

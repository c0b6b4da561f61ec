import Foundation
import HearthProfile
import HearthStore
import HearthTestRuns
import Testing

extension ServingTests {
    /// The store of a service that is stopped, killed, or has a bad disk.
    @Suite(.serialized) struct ServiceStoreTests {
        @Test func theLastWindowIsKeptAtAGracefulEnd() throws {
            let folder = try TemporaryFolder()
            let service = try RunningService(["HEARTH_STORE": folder.path("store")])
            usleep(1_700_000)
            let outcome = service.stop()
            #expect(outcome.status == 0)
            let done = try #require(outcome.output.firstMatch(of: /done ([0-9]+) samples, ([0-9]+) units/))
            let store = ProfileStore(folder: folder.path("store"))
            let (profile, notes) = try store.profile()
            #expect(notes.warnings.isEmpty)
            #expect(profile?.total(column: 0) == Int64(done.1))
            let windows = try store.windows().windows
            #expect(windows.count >= 2 && windows.map(\.sequence) == Array(0..<UInt64(windows.count)))
            // What is counted after the last window is nobody's.
            let units = windows.reduce(0) { $0 + ($1.workUnits ?? 0) }
            #expect(units > 20 && units <= Int64(done.2) ?? 0)
            #expect(windows.allSatisfy { $0.process.labels["service"] == "host" && $0.process.labels["pid"] != nil })
        }

        @Test(arguments: [1.3, 2.2, 3.05]) func killedItHasLostAtMostTheOpenWindow(seconds: Double) throws {
            let folder = try TemporaryFolder()
            let service = try RunningService(["HEARTH_STORE": folder.path("store")])
            // In a debug build the names of the first window take seconds.
            let store = ProfileStore(folder: folder.path("store"))
            try service.wait(for: "the first window") { (try? store.windows().windows.isEmpty) == false }
            usleep(UInt32(seconds * 1e6))
            kill(service.pid, SIGKILL)
            _ = service.running.wait()
            // The next one of that name goes on in the same folder.
            let next = try RunningService(["HEARTH_STORE": folder.path("store")])
            usleep(1_500_000)
            #expect(next.stop().status == 0)
            let (windows, notes) = try store.windows()
            #expect(notes.warnings.isEmpty)
            let killed = windows.filter { $0.process.labels["pid"] == "\(service.pid)" }
            #expect(killed.map(\.sequence) == Array(0..<UInt64(killed.count)))
            // One was there before the time began; on a busy machine the thread that closes windows can be late for one.
            #expect(killed.count >= max(1, Int(seconds) - 1), "\(killed.count) windows of \(seconds) s")
            #expect(windows.count > killed.count)
        }

        @Test func aFolderThatCannotBeWrittenIsSaidAndHarmsNothing() throws {
            let folder = try TemporaryFolder()
            // Below a file there is no folder, for root neither.
            try Data().write(to: URL(fileURLWithPath: folder.path("file")))
            let service = try RunningService(["HEARTH_STORE": folder.path("file/store")])
            try service.wait(for: "the complaint") { service.errors.contains("a profile window could not be kept") }
            usleep(1_200_000)
            let outcome = service.stop()
            #expect(outcome.status == 0)
            #expect(
                outcome.errors.components(separatedBy: "could not be kept").count == 2, "said once a minute at most")
        }

        @Test func aFolderThatIsDeletedIsMadeAgain() throws {
            let folder = try TemporaryFolder()
            let path = folder.path("store")
            let service = try RunningService(["HEARTH_STORE": path])
            try service.wait(for: "the first window") { FileManager.default.fileExists(atPath: path) }
            try FileManager.default.removeItem(atPath: path)
            try service.wait(for: "another folder") { FileManager.default.fileExists(atPath: path) }
            #expect(service.stop().status == 0)
            #expect(try !ProfileStore(folder: path).windows().windows.isEmpty)
        }
    }
}

import Foundation
import HearthProfile
import HearthRandom
import HearthStore
import HearthSyntheticService
import HearthTestRuns
import Testing

/// What happens to stores in processes of their own: they are killed, they share a folder, their disk is full or read-only.
@Suite(.serialized) struct FaultTests {
    private static let host = Checkout.product("HearthStoreHost")

    private func numbers(of run: Command.Running) -> Int {
        run.outputSoFar.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count
    }

    /// Throws away nothing that a process has said to be in, and has nothing that was never written.
    private func check(_ folder: String, seed: Int, atLeast said: Int, atMost limit: Int) throws {
        let service = SyntheticService(seed: UInt64(seed), .small)
        var numbers: [Int64] = []
        let query = StoreQuery(labels: [("seed", "\(seed)")])
        let notes = try ProfileStore(folder: folder).forEachWindow(query) { window, profile in
            let number = Int(window.workUnits ?? -1)
            #expect(profile.canonicalRows == service.window(number).canonicalRows, "window \(number) of run \(seed)")
            numbers.append(Int64(number))
        }
        #expect(notes.faultCount == 0, "\(notes.warnings)")
        #expect(numbers == Array(0..<Int64(numbers.count)), "run \(seed) has \(numbers)")
        #expect(numbers.count >= said && numbers.count <= limit, "run \(seed): \(numbers.count) windows, \(said) said")
    }

    /// Killed at moments that nobody chose: between windows, in the middle of one, in the closing of a segment.
    @Test func whoIsKilledHasLostAtMostTheOpenWindow() throws {
        let folder = try TemporaryFolder()
        let store = folder.path("store")
        // A process that is killed before its first window leaves none.
        try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
        var random = SeededGenerator(seed: UInt64.random(in: 0 ... .max))
        var said: [Int] = []
        for seed in 0..<25 {
            let run = try Command(Self.host, "append", store, "\(seed)", "100000", "\(64 << 20)").start()
            // Every other one in the middle of its work, however long the machine takes to start it.
            let patience = Date().addingTimeInterval(60)
            while seed % 2 == 1, numbers(of: run) == 0, Date() < patience { usleep(5_000) }
            let moment = Double.random(in: 0.01...0.25, using: &random)
            Thread.sleep(forTimeInterval: moment)
            run.signal(SIGKILL)
            #expect(run.wait().status == 128 + SIGKILL)
            said.append(numbers(of: run))
            // As it was left, before anybody has tidied up.
            try check(store, seed: seed, atLeast: said[seed], atMost: said[seed] + 1)
        }
        #expect(said.enumerated().allSatisfy { $0.offset % 2 == 0 || $0.element > 0 })
        // And after others have: each run before the last has been closed by a later one.
        for seed in 0..<25 { try check(store, seed: seed, atLeast: said[seed], atMost: said[seed] + 1) }
        let merged = try ProfileStore(folder: store).profile()
        #expect(merged.notes.faultCount == 0)
        let windows = try ProfileStore(folder: store).windows().windows
        #expect(merged.profile?.total(column: 0) == windows.reduce(0) { $0 + $1.totals[0] })
    }

    /// Two services on one folder, one of them killed over and over, while this process reads.
    @Test func processesShareAFolder() throws {
        let folder = try TemporaryFolder()
        let store = folder.path("store")
        let steady = try Command(Self.host, "append", store, "100", "400", "\(64 << 20)").start()
        var said: [Int] = []
        for seed in 0..<8 {
            let run = try Command(Self.host, "append", store, "\(seed)", "100000", "\(64 << 20)").start()
            for _ in 0..<5 {
                Thread.sleep(forTimeInterval: 0.02)
                guard FileManager.default.fileExists(atPath: store) else { continue }
                let (windows, notes) = try ProfileStore(folder: store).windows()
                let (profile, sumNotes) = try ProfileStore(folder: store).profile()
                #expect(notes.faultCount == 0 && sumNotes.faultCount == 0, "\(notes.warnings) \(sumNotes.warnings)")
                #expect(profile?.total(column: 0) ?? 0 >= windows.reduce(0) { $0 + $1.totals[0] })
            }
            run.signal(SIGKILL)
            _ = run.wait()
            said.append(numbers(of: run))
        }
        #expect(steady.wait().status == 0)
        try check(store, seed: 100, atLeast: 400, atMost: 400)
        for seed in 0..<8 { try check(store, seed: seed, atLeast: said[seed], atMost: said[seed] + 1) }
    }

    /// The limit holds for all processes of a folder together, give or take what one writes between two looks.
    @Test func processesShareALimit() throws {
        let folder = try TemporaryFolder()
        let store = folder.path("store")
        let limit = 1 << 20
        let runs = try (0..<3).map { try Command(Self.host, "append", store, "\($0)", "1500", "\(limit)").start() }
        var rounds = 0
        while runs.contains(where: { $0.process.isRunning }) {
            Thread.sleep(forTimeInterval: 0.02)
            guard FileManager.default.fileExists(atPath: store) else { continue }
            let notes = try ProfileStore(folder: store).profile().notes
            #expect(notes.faultCount == 0, "\(notes.warnings)")
            rounds += 1
        }
        for run in runs { #expect(run.wait().status == 0) }
        #expect(rounds > 3)
        let files = try FileManager.default.contentsOfDirectory(atPath: store)
        let sizes = try files.map {
            try FileManager.default.attributesOfItem(atPath: "\(store)/\($0)")[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) <= limit + 3 * 30 * 4_096)
        for seed in 0..<3 {
            let windows = try ProfileStore(folder: store).windows(StoreQuery(labels: [("seed", "\(seed)")])).windows
            // The newest are there, without a gap.
            #expect(windows.last?.sequence == 1_499)
            #expect(windows.map(\.sequence) == Array((windows.first?.sequence ?? 0)...1_499))
        }
    }

    @Test func aRecordThatDoesNotFitLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let outcome = try Command(Self.host, "file-size", folder.path("store")).run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }

    @Test func aFolderThatIsReadOnlyIsTriedAgain() throws {
        let folder = try TemporaryFolder()
        // Reachable for the user that the host becomes.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
        let own = folder.path("own")
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let outcome = try Command(Self.host, "read-only", own).run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }

    private static let mayMount =
        (try? Command("unshare", "--mount", "--map-root-user", "true").run().status) == 0

    @Test(.enabled(if: mayMount, "this user may not mount a file system of its own"))
    func aFullDiskCostsTheWindowsThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let outcome = try Command(
            "unshare", "--mount", "--map-root-user", "sh", "-c",
            "mount -t tmpfs -o size=256k none '\(disk)' && exec '\(Self.host)' full '\(disk)'"
        ).run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }

    /// Remounted read-only under a writer, as a kernel does that has found errors on a disk.
    @Test(.enabled(if: mayMount, "this user may not mount a file system of its own"))
    func aDiskThatBecomesReadOnlyIsTriedAgain() throws {
        let folder = try TemporaryFolder()
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        // The host is root in there, for which permissions are no obstacle: so a mount has to be.
        let script = """
            mount -t tmpfs -o size=1m none '\(disk)' && mkdir '\(disk)/store' &&
            mount --bind '\(disk)/store' '\(disk)/store' && mount -o remount,bind,ro '\(disk)/store' &&
            '\(Self.host)' append '\(disk)/store' 1 3 1000000 2>&1; echo "status $?";
            mount -o remount,bind,rw '\(disk)/store' &&
            '\(Self.host)' append '\(disk)/store' 1 3 1000000; echo "status $?"
            """
        let outcome = try Command("unshare", "--mount", "--map-root-user", "sh", "-c", script).run()
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasSuffix("Read-only file system") == true && lines.dropFirst().first == "status 1")
        #expect(lines.suffix(4) == ["0", "1", "2", "status 0"], "\(outcome.output) \(outcome.errors)")
    }
}

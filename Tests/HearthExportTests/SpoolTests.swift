import Foundation
import HearthFiles
import HearthHTTP
import HearthTestRuns
import Testing

@testable import HearthExport

@Suite struct SpoolTests {
    /// Exports windows while nobody listens, and ends the exporter.
    private func leave(_ numbers: Range<Int>, in setup: Setup) async {
        let exporter = setup.exporter()
        for number in numbers { exporter.export(makeWindow(number)) }
        await exporter.end()
        #expect(exporter.statistics.waiting == exporter.statistics.spoolFiles)
    }

    @Test func theNextProcessSendsWhatOneLeft() async throws {
        let setup = try Setup()
        await leave(0..<5, in: setup)
        #expect(setup.files.count == 5)
        let receiver = try await setup.receiver()
        let exporter = setup.exporter()
        exporter.export(makeWindow(5))
        try await setup.clock.advance { exporter.statistics.sent == 6 }
        #expect(receiver.takenNumbers == Array(0..<6))
        #expect(exporter.statistics.recovered == 5)
        try await eventually { setup.files == [] }
        await exporter.end()
        await receiver.stop()
    }

    @Test func itIsPrivate() async throws {
        let setup = try Setup()
        await leave(0..<1, in: setup)
        let file = try #require(setup.files.first)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(setup.spool) == 0o700)
        #expect(try mode(setup.spool + "/0") == 0o700)
        #expect(try mode(setup.spool + "/0/\(file)") == 0o600)
        #expect(try mode(setup.spool + "/0/lock") == 0o600)
    }

    @Test func damagedFilesAreLeftOutAndOthersLeftAlone() async throws {
        let setup = try Setup()
        await leave(0..<6, in: setup)
        let part = setup.spool + "/0/"
        let files = setup.files
        func change(_ number: Int, _ body: (inout [UInt8]) -> Void) throws {
            var bytes = try readFile(part + files[number])
            body(&bytes)
            try AtomicFile.write(bytes, to: part + files[number])
        }
        try change(0) { $0.removeLast(10) }
        try change(1) { $0[$0.count / 2] ^= 4 }
        try change(2) { $0 = [] }
        try change(3) { $0 += [0] }
        try change(4) { $0 = Array("something else".utf8) }
        try "theirs".write(toFile: part + "notes.txt", atomically: true, encoding: .utf8)
        try "half".write(toFile: part + files[0] + ".1-2.partial", atomically: true, encoding: .utf8)
        let receiver = try await setup.receiver()
        let exporter = setup.exporter()
        exporter.export(makeWindow(6))
        try await setup.clock.advance { exporter.statistics.sent == 2 && exporter.statistics.waiting == 0 }
        #expect(receiver.takenNumbers == [5, 6])
        #expect(exporter.statistics.lost == [.damaged: 5])
        #expect(setup.files == ["notes.txt"])
        await exporter.end()
        await receiver.stop()
    }

    @Test func filesThatVanishAreCounted() async throws {
        let setup = try Setup()
        let exporter = setup.exporter()
        for number in 0..<3 { exporter.export(makeWindow(number)) }
        try await eventually { exporter.statistics.spoolFiles == 3 }
        try FileManager.default.removeItem(atPath: setup.spool)
        // The folder is made anew for what comes.
        exporter.export(makeWindow(3))
        try await eventually { exporter.statistics.spoolFiles == 4 }
        #expect(setup.files.count == 1)
        let receiver = try await setup.receiver()
        try await setup.clock.advance { exporter.statistics.waiting == 0 }
        #expect(receiver.takenNumbers == [3])
        #expect(exporter.statistics.lost == [.damaged: 3])
        await exporter.end()
        await receiver.stop()
    }

    @Test func aSpoolThatCannotBeUsedIsNoHindrance() async throws {
        let setup = try Setup()
        // A file where the folder should be: no rights help there.
        try "file".write(toFile: setup.spool, atomically: true, encoding: .utf8)
        let exporter = setup.exporter { $0.memoryBytes = 3_000 }
        for number in 0..<20 {
            exporter.export(makeWindow(number))
            setup.clock.advance(by: .seconds(10))
        }
        let waiting = exporter.statistics.waiting
        #expect(waiting > 1 && waiting < 20 && exporter.statistics.spoolFiles == 0)
        #expect(exporter.statistics.lost == [.memoryFull: 20 - waiting])
        #expect(setup.folder.text("spool") == "file")
        let receiver = try await setup.receiver()
        try await setup.clock.advance(.seconds(30)) { exporter.statistics.waiting == 0 }
        #expect(exporter.statistics.sent + exporter.statistics.lostInAll == 20)
        #expect(receiver.takenNumbers.suffix(2) == [18, 19])
        await exporter.end()
        await receiver.stop()
    }

    @Test func processesThatShareAFolderDoNotMeet() async throws {
        let setup = try Setup()
        let (first, second) = (setup.exporter(), setup.exporter())
        for number in 0..<3 {
            first.export(makeWindow(number))
            second.export(makeWindow(number + 10))
        }
        try await eventually { first.statistics.spoolFiles == 3 && second.statistics.spoolFiles == 3 }
        #expect(setup.files.count == 3)
        let receiver = try await setup.receiver()
        try await setup.clock.advance { first.statistics.sent == 3 && second.statistics.sent == 3 }
        #expect(receiver.takenNumbers.filter { $0 < 10 } == [0, 1, 2])
        #expect(receiver.takenNumbers.filter { $0 >= 10 } == [10, 11, 12])
        await first.end()
        await second.end()
        await receiver.stop()
    }

    @Test func whatSeveralLeftIsTakenOverByOne() async throws {
        let setup = try Setup()
        do {
            let (first, second) = (setup.exporter(), setup.exporter())
            first.export(makeWindow(0))
            second.export(makeWindow(1))
            await first.end()
            await second.end()
        }
        let receiver = try await setup.receiver()
        let exporter = setup.exporter()
        exporter.export(makeWindow(2))
        try await setup.clock.advance { exporter.statistics.sent == 3 }
        #expect(exporter.statistics.recovered == 2)
        #expect(Set(receiver.takenNumbers) == [0, 1, 2])
        await exporter.end()
        await receiver.stop()
    }

    /// In some containers root may not either.
    private static let mayMount: Bool = {
        guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let mount = try? Command("mount", "-t", "tmpfs", "-o", "size=64k", "none", folder.url.path).run()
        _ = try? Command("umount", "-l", folder.url.path).run()
        return mount?.status == 0
    }()

    /// As the kernel has it: a file system of 64 KiB that is full, then read-only.
    @Test(.enabled(if: Self.mayMount, "file systems cannot be mounted here")) func aFullAndAReadOnlyDisk() async throws
    {
        let setup = try Setup()
        try FileManager.default.createDirectory(atPath: setup.spool, withIntermediateDirectories: true)
        let mount = try Command("mount", "-t", "tmpfs", "-o", "size=64k", "none", setup.spool).run()
        try #require(mount.status == 0, "\(mount.errors)")
        defer { _ = try? Command("umount", "-l", setup.spool).run() }
        let exporter = setup.exporter()
        for number in 0..<60 { exporter.export(makeWindow(number)) }
        try await eventually { exporter.statistics.spoolFiles > 3 }
        #expect(exporter.statistics.spoolFiles < 60)
        #expect(exporter.statistics.waiting == 60)
        _ = try Command("mount", "-o", "remount,ro", setup.spool).run()
        let before = exporter.statistics.spoolFiles
        exporter.export(makeWindow(60))
        #expect(exporter.statistics.spoolFiles == before && exporter.statistics.waiting == 61)
        _ = try Command("mount", "-o", "remount,rw", setup.spool).run()
        let receiver = try await setup.receiver()
        try await setup.clock.advance(.seconds(30)) { exporter.statistics.waiting == 0 }
        #expect(receiver.takenNumbers == Array(0..<61))
        #expect(exporter.statistics.lostInAll == 0)
        await exporter.end()
        await receiver.stop()
    }

    @Test func theEndSendsWhatThereIsAndLeavesTheRest() async throws {
        let setup = try Setup()
        await leave(0..<10, in: setup)
        let receiver = try await setup.receiver()
        let exporter = setup.exporter()
        exporter.export(makeWindow(10))
        await exporter.finish(by: .now + .seconds(60))
        #expect(receiver.takenNumbers == Array(0...10))
        try await eventually { setup.files == [] }
        await receiver.stop()
        // Nobody listens: at the deadline all is in the spool.
        let second = setup.exporter()
        second.export(makeWindow(11))
        await second.finish(by: .now + .milliseconds(50))
        #expect(second.statistics.sent == 0)
        #expect(setup.files.count == 1)
        // Nothing was exported: nothing is started or made.
        let third = setup.exporter()
        await third.finish(by: .now + .seconds(60))
    }
}

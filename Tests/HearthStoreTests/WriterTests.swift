import Foundation
import HearthProfile
import HearthSyntheticService
import Testing

@testable import HearthStore

@Suite struct WriterTests {
    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func onlyTheOwnerReads() throws {
        let test = try TestStore()
        let folder = test.folder + "/deeper/still"
        let writer = StoreWriter(folder: folder, process: StoredProcess(service: "a"), limits: TestStore.limits)
        try writer.append(.random(seed: 1))
        for part in [test.folder, test.folder + "/deeper", folder] { #expect(try permissions(part) == 0o700) }
        let segment = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
        #expect(try permissions("\(folder)/\(segment)") == 0o600)
    }

    @Test func nothingIsTouchedBeforeTheFirstWindow() throws {
        let test = try TestStore()
        let writer = test.writer()
        writer.close()
        #expect(!FileManager.default.fileExists(atPath: test.folder))
        try writer.append(.random(seed: 1))
        #expect(test.segments().count == 1)
    }

    @Test func theStatisticsCount() throws {
        let test = try TestStore()
        let writer = test.writer()
        let open = { try test.bytes(test.segments()[0]).count }
        try writer.append(.random(seed: 1))
        let first = try open()
        try writer.append(.random(seed: 2))
        #expect(writer.statistics.windows == 2 && writer.statistics.lostWindows == 0)
        #expect(writer.statistics.segments == 1)
        #expect(writer.statistics.bytes > (try open()) - first)
        writer.close()
        writer.close()
        try writer.append(.random(seed: 3))
        #expect(writer.statistics.windows == 3 && writer.statistics.segments == 2)
        #expect(try test.store.windows().windows.map(\.sequence) == [0, 1, 2])
    }

    @Test func whatIsDroppedIsClosed() throws {
        let test = try TestStore()
        try test.writer().append(.random(seed: 1))
        #expect(try SegmentReader(SegmentFile.open(test.path(test.segments()[0]))).trailer != nil)
    }

    // MARK: The folder

    @Test func aFolderThatIsRemovedIsMadeAgain() throws {
        let test = try TestStore()
        let writer = test.writer()
        for seed in 1...3 as ClosedRange<UInt64> { try writer.append(.random(seed: seed)) }
        try FileManager.default.removeItem(atPath: test.folder)
        for seed in 4...6 as ClosedRange<UInt64> { try writer.append(.random(seed: seed)) }
        #expect(try test.profiles().map(said) == (4...6).map { said(by: .random(seed: $0)) })
        #expect(writer.statistics.lostWindows == 0)
    }

    @Test func aFolderThatIsMovedKeepsWhatWasInIt() throws {
        let test = try TestStore()
        let writer = test.writer()
        for seed in 1...3 as ClosedRange<UInt64> { try writer.append(.random(seed: seed)) }
        let elsewhere = test.folder + "-moved"
        try FileManager.default.moveItem(atPath: test.folder, toPath: elsewhere)
        for seed in 4...6 as ClosedRange<UInt64> { try writer.append(.random(seed: seed)) }
        #expect(try test.store.windows().windows.map(\.sequence) == [3, 4, 5])
        #expect(try ProfileStore(folder: elsewhere).windows().windows.map(\.sequence) == [0, 1, 2])
    }

    @Test func aSegmentThatIsRemovedIsBegunAgain() throws {
        let test = try TestStore()
        let writer = test.writer()
        try writer.append(.random(seed: 1))
        try FileManager.default.removeItem(atPath: test.path(test.segments()[0]))
        try writer.append(.random(seed: 2))
        #expect(try test.profiles().map(said) == [said(by: .random(seed: 2))])
    }

    /// A file where the folder should be, then none: what cannot be written is lost, and only that.
    @Test func afterAFailureTheNextWindowIsTaken() throws {
        let test = try TestStore()
        let writer = test.writer()
        try Data().write(to: URL(fileURLWithPath: test.folder))
        for seed in 1...3 as ClosedRange<UInt64> {
            #expect(throws: StoreError.self) { try writer.append(.random(seed: seed)) }
        }
        try FileManager.default.removeItem(atPath: test.folder)
        try writer.append(.random(seed: 4))
        #expect(writer.statistics.lostWindows == 3)
        let (windows, _) = try test.store.windows()
        #expect(windows.map(\.sequence) == [3])
    }

    @Test func otherFilesInTheFolderAreNobodysBusiness() throws {
        let test = try TestStore()
        let writer = test.writer()
        try writer.append(.random(seed: 1))
        try test.write([1, 2, 3], to: "notes.txt")
        try FileManager.default.createDirectory(
            atPath: test.path(SegmentName(number: 3, run: 3).file), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: test.path(SegmentName(number: 4, run: 4).file), withDestinationPath: test.path(test.segments()[0]))
        var limits = TestStore.limits
        limits.bytes = 1
        let other = test.writer(limits: limits)
        for seed in 2...5 as ClosedRange<UInt64> { try other.append(.random(seed: seed)) }
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder)
        #expect(files.contains("notes.txt"))
        let (windows, notes) = try test.store.windows()
        #expect(windows.count == 5)
        // The folder and the link that have a segment's name are said.
        #expect(notes.faultCount == 2)
    }

    @Test func unlikeWindowsAreInSegmentsOfTheirOwn() throws {
        let test = try TestStore()
        let writer = test.writer()
        let types = [[ValueType.samples], [.samples, .cpu], [.cpu, .samples]]
        for round in 0..<2 as Range<UInt64> {
            for types in types { try writer.append(.random(seed: round, types: types)) }
        }
        #expect(test.segments().count == 6)
        #expect(try test.store.windows().windows.map(\.sampleTypes) == types + types)
    }

    @Test func tooManySampleTypesAreRefused() throws {
        let test = try TestStore()
        let writer = test.writer()
        let types = (0..<65).map { ValueType(type: "t\($0)", unit: "count") }
        #expect(throws: StoreError.tooManySampleTypes(65, limit: 64)) {
            try writer.append(Profile(sampleTypes: types))
        }
        try writer.append(Profile.random(seed: 1, types: Array(types.dropLast())))
        #expect(try test.profiles().map(said) == [said(by: .random(seed: 1, types: Array(types.dropLast())))])
    }

    // MARK: Two writers

    @Test func twoWritersOfOneFolderDoNotMeet() throws {
        let test = try TestStore()
        let writers = ["a", "b"].map { test.writer($0) }
        for number in 0..<20 {
            for (index, writer) in writers.enumerated() {
                try writer.append(.random(seed: UInt64(number * 2 + index), samples: 4))
                if number % (5 + index) == 0 { writer.close() }
            }
        }
        for (index, name) in ["a", "b"].enumerated() {
            let query = StoreQuery(labels: [("service", name)])
            let (windows, _) = try test.store.windows(query)
            #expect(windows.map(\.sequence) == Array(0..<20))
            let expected = (0..<20).map { Profile.random(seed: UInt64($0 * 2 + index), samples: 4) }
            #expect(try test.profiles(query).map(said) == expected.map(said))
        }
        #expect(try test.store.windows().windows.count == 40)
    }

    /// What a window that failed has added to the tables comes with the next one.
    @Test func afterALostWindowTheTablesAreWhole() throws {
        let test = try TestStore()
        let path = test.folder + "/x"
        try FileManager.default.createDirectory(atPath: test.folder, withIntermediateDirectories: true)
        let file = try SegmentFile.create(path)
        let profiles = (0..<4).map { Profile.random(seed: UInt64($0)) }
        let header = ProcessRecord(
            process: StoredProcess(service: "a"), run: 1, sampleTypes: profiles[0].sampleTypes)
        let name = SegmentName(number: 1, run: 1)
        var segment = try OpenSegment(file, name: name, header: header)
        for (number, profile) in profiles.enumerated() {
            let record = try segment.record(profile, sequence: UInt64(number), workUnits: nil)
            // The third is never written.
            if number != 2 { try segment.append(record, profile) }
        }
        let kept = [profiles[0], profiles[1], profiles[3]]
        try FileManager.default.moveItem(atPath: path, toPath: test.path(name.file))
        let expected = try Profile.merge(kept).withoutBlocks.canonicalRows
        for isClosed in [false, true] {
            if isClosed { segment.close() }
            #expect(try test.profiles().map(said) == kept.map(said))
            #expect(try test.store.profile().profile?.canonicalRows == expected)
        }
    }

    // MARK: A reader meanwhile

    /// A reader of another thread sees whole windows only, each as it was, while segments are begun, closed and removed.
    @Test func aReaderSeesWholeWindowsWhileTheyAreWritten() async throws {
        let test = try TestStore()
        let folder = test.folder
        let service = SyntheticService(.small)
        try test.writer().append(service.window(0))
        let writing = Task.detached {
            var limits = TestStore.limits
            limits.bytes = 300_000
            limits.segmentBytes = 1
            let writer = StoreWriter(folder: folder, process: StoredProcess(service: "w"), limits: limits)
            for number in 1..<1_500 { try writer.append(service.window(number)) }
            return writer.statistics
        }
        var seen: Set<Int64> = []
        var rounds = 0
        while seen.max() ?? 0 < service.window(1_499).startTime, rounds < 100_000 {
            rounds += 1
            let notes = try ProfileStore(folder: folder).forEachWindow { window, profile in
                guard seen.insert(window.startTime).inserted else { return }
                let number = Int((window.startTime - SyntheticService.firstStart) / SyntheticService.windowDuration)
                #expect(said(by: profile) == said(by: service.window(number)))
            }
            #expect(notes.faultCount == 0, "\(notes.warnings)")
            let (merged, sumNotes) = try ProfileStore(folder: folder).profile()
            #expect(merged != nil && sumNotes.faultCount == 0, "\(sumNotes.warnings)")
        }
        let statistics = try await writing.value
        #expect(statistics.windows == 1_499 && statistics.removedSegments > 0)
        #expect(rounds > 3)
    }
}

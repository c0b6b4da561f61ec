import Foundation
import HearthProfile
import HearthSyntheticService
import Testing

@testable import HearthStore

/// A segment that ends anywhere: exactly the windows whose record is whole are there, whoever looks at it.
@Suite struct TornTailTests {
    /// A segment that is not closed, with the offset behind each of its windows.
    private struct Torn {
        let test: TestStore
        let segment: String
        let bytes: [UInt8]
        let profiles: [Profile]
        /// `ends[n]`: bytes of the segment with n windows.
        var ends: [Int] = []

        init(windows: Int, samples: Int = 6) throws {
            test = try TestStore()
            let writer = test.writer()
            profiles = (0..<windows).map { Profile.random(seed: UInt64($0), samples: samples) }
            var segment = ""
            for profile in profiles {
                try writer.append(profile)
                segment = test.segments()[0]
                ends.append(try test.bytes(segment).count)
            }
            bytes = try test.bytes(segment)
            self.segment = segment
            // Where the first record begins, the windows begin.
            let reader = try SegmentReader(SegmentFile.open(test.path(segment)))
            ends.insert(reader.firstRecord, at: 0)
        }

        func windows(in length: Int) -> Int { ends.lastIndex { $0 <= length } ?? 0 }
    }

    @Test func cutAtEveryByteItHoldsWhatWasWhole() throws {
        let torn = try Torn(windows: 5)
        // In a folder of its own: the writer of the first still has its lock, and a dead one's is free.
        let copy = try TestStore()
        try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
        let said = torn.profiles.map { HearthStoreTests.said(by: $0) }
        for length in torn.ends[0]...torn.bytes.count {
            try copy.write(Array(torn.bytes[..<length]), to: torn.segment)
            let count = torn.windows(in: length)
            #expect(try copy.profiles().map(HearthStoreTests.said) == Array(said[..<count]), "\(length) bytes")
            #expect(try copy.store.windows().windows.count == count)
        }
    }

    /// The next writer cuts the tail off and closes the segment; a window appended then is the next one.
    @Test func cutAtAnyByteTheNextWriterGoesOn() throws {
        let torn = try Torn(windows: 3)
        let last = Profile.random(seed: 99)
        for length in torn.ends[0]...torn.bytes.count where length % 5 == 0 || torn.ends.contains(length) {
            let copy = try TestStore()
            try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
            try copy.write(Array(torn.bytes[..<length]), to: torn.segment)
            let writer = copy.writer()
            try writer.append(last)
            let count = torn.windows(in: length)
            let expected = torn.profiles[..<count] + [last]
            #expect(try copy.profiles().map(said) == expected.map(said), "\(length) bytes")
            #expect(writer.statistics.recoveredSegments == 1)
            let reader = try SegmentReader(SegmentFile.open(copy.path(torn.segment)))
            #expect(reader.trailer != nil, "\(length) bytes")
            let merged = try #require(try copy.store.profile().profile)
            #expect(merged.canonicalRows == (try Profile.merge(Array(expected)).withoutBlocks.canonicalRows))
        }
    }

    /// A closing that was cut off is no loss either.
    @Test func cutInItsClosingItHoldsEverything() throws {
        let test = try TestStore()
        let writer = test.writer()
        let profiles = (0..<4).map { Profile.random(seed: UInt64($0), samples: 6) }
        for profile in profiles + profiles { try writer.append(profile) }
        let segment = try #require(test.segments().first)
        let open = try test.bytes(segment).count
        writer.close()
        let bytes = try test.bytes(segment)
        #expect(bytes.count > open + SegmentTrailer.size)
        for length in open..<bytes.count {
            try test.write(Array(bytes[..<length]), to: segment)
            #expect(try test.store.windows().windows.count == 8, "\(length) of \(bytes.count) bytes")
            guard length % 11 == 0 else { continue }
            #expect(try test.profiles().map(said) == (profiles + profiles).map(said))
            let next = test.writer()
            try next.append(profiles[0])
            #expect(next.statistics.recoveredSegments == 1)
            #expect(try test.profiles().map(said) == (profiles + profiles + [profiles[0]]).map(said))
            next.close()
            for other in test.segments() where other != segment {
                try FileManager.default.removeItem(atPath: test.path(other))
            }
        }
    }

    @Test func whatIsClosedForADeadWriterIsNoYounger() throws {
        let torn = try Torn(windows: 2)
        let copy = try TestStore()
        try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
        try copy.write(torn.bytes, to: torn.segment)
        let then = Date(timeIntervalSince1970: 1_700_000_000)
        try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: copy.path(torn.segment))
        // Not so young that it would be removed for its age.
        let writer = copy.writer { 1_700_000_000_000_000_000 }
        try writer.append(torn.profiles[0])
        #expect(writer.statistics.recoveredSegments == 1 && writer.statistics.removedSegments == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.path(torn.segment))
        #expect(attributes[.modificationDate] as? Date == then)
    }

    /// While a writer lives, nobody closes or cuts its segment.
    @Test func aLivingWritersSegmentIsLeftAlone() throws {
        let test = try TestStore()
        let first = test.writer("first")
        try first.append(.random(seed: 1))
        let segment = test.segments()[0]
        let bytes = try test.bytes(segment)
        let second = test.writer("second")
        for seed in 2...5 as ClosedRange<UInt64> { try second.append(.random(seed: seed)) }
        #expect(second.statistics.recoveredSegments == 0)
        #expect(try test.bytes(segment) == bytes)
        try first.append(.random(seed: 6))
        #expect(try test.profiles().count == 6)
    }

    @Test func filesWithoutAHeaderAreTidiedUpUnlessTheyAreBeingMade() throws {
        let test = try TestStore()
        try FileManager.default.createDirectory(atPath: test.folder, withIntermediateDirectories: true)
        let name = SegmentName(number: 7, run: 1).file + SegmentName.partialSuffix
        try test.write([1, 2, 3], to: name)
        let other = SegmentName(number: 8, run: 1).file + SegmentName.partialSuffix
        let held = try SegmentFile.create(test.path(other))
        #expect(held.tryLock())
        try test.write([1], to: "somebody's.partial")
        let writer = test.writer()
        try writer.append(.random(seed: 1))
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder)
        #expect(!files.contains(name) && files.contains(other) && files.contains("somebody's.partial"))
        held.close()
    }
}

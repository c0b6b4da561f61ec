import HearthRandom
import Testing

@testable import HearthRuntime

@Suite struct ColumnBufferTests {
    @Test func aCopyIsWhatItWasWhenTheOtherIsChanged() {
        let one: ColumnBuffer<Int32> = [1, 2, 3]
        var other = one
        #expect(one.address == other.address)
        other.append(4)
        unsafe other.withUnsafeMutableBufferPointer { unsafe $0[0] = 9 }
        #expect(one == [1, 2, 3])
        #expect(other == [9, 2, 3, 4])
        #expect(one.address != other.address)
    }

    @Test func aPartSharesAndKeepsItsIndexesUntilItIsChanged() {
        let whole: ColumnBuffer<Int64> = [0, 1, 2, 3, 4]
        var part = whole[2..<4]
        #expect(part.startIndex == 2 && part[3] == 3)
        #expect(part.address == whole.address + 16)
        part.append(7)
        #expect(part.startIndex == 0)
        #expect(part == [2, 3, 7])
        #expect(whole == [0, 1, 2, 3, 4])
    }

    /// Also where the whole is gone, and nobody else refers to the memory.
    @Test func aPartThatIsAloneChangesLikeOneThatIsNot() {
        var part = ColumnBuffer<Int32>(0..<100)[10..<12]
        part.append(-1)
        #expect(part.startIndex == 0)
        #expect(part == [10, 11, -1])
    }

    @Test func memoryBeginsAtACacheLineAndGrowsByDoubling() {
        var buffer = ColumnBuffer<UInt8>()
        var addresses: Set<UInt> = []
        var isAligned = true
        for number in 0..<100_000 {
            buffer.append(UInt8(truncatingIfNeeded: number))
            addresses.insert(buffer.address)
            isAligned = isAligned && buffer.address % 64 == 0
        }
        #expect(isAligned)
        #expect(buffer.count == 100_000)
        // An allocator may give the same place again: no more moves than doublings.
        #expect(addresses.count <= 18)
        #expect(buffer.memory.byteCapacity % 64 == 0)
    }

    @Test func aReservedBufferStaysWhereItIs() {
        var buffer = ColumnBuffer<Double>(capacity: 1_000)
        let address = buffer.address
        for number in 0..<1_000 { buffer.append(Double(number)) }
        #expect(buffer.address == address)
    }

    @Test func emptyBuffersShareNothingThatIsWritten() {
        var one = ColumnBuffer<Int32>()
        let other = ColumnBuffer<Int32>()
        one.append(1)
        #expect(one == [1] && other.isEmpty)
        #expect(ColumnBuffer<Int32>()[0..<0].isEmpty)
    }

    @Test func whatIsImportedIsNeverWritten() {
        @safe final class Owner {
            let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 3)
            let gone: (@Sendable () -> Void)
            init(_ gone: @escaping @Sendable () -> Void) {
                self.gone = gone
                for place in 0..<3 { unsafe memory[place] = Int32(place) }
            }
            deinit {
                unsafe memory.deallocate()
                gone()
            }
        }
        let ends = Ends()
        do {
            let owner = Owner { ends.count() }
            var buffer = ColumnBuffer<Int32>(
                unsafe ColumnMemory(UnsafeRawPointer(owner.memory), owner: owner), count: 3)
            let same = buffer
            buffer.append(3)
            unsafe buffer.withUnsafeMutableBufferPointer { unsafe $0[0] = 7 }
            #expect(same == [0, 1, 2])
            #expect(buffer == [7, 1, 2, 3])
            #expect(ends.total == 0)
        }
        #expect(ends.total == 1)
    }

    @Test(arguments: 0..<20) func randomChangesAreThoseOfAnArray(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pairs: [(buffer: ColumnBuffer<Int32>, array: [Int32])] = [([], [])]
        for _ in 0..<200 {
            var (buffer, array) = pairs[random.below(pairs.count)]
            switch random.below(6) {
            case 0:
                let value = Int32(random.below(1_000))
                buffer.append(value)
                array.append(value)
            case 1:
                let values = (0..<random.below(20)).map { _ in Int32(random.below(1_000)) }
                buffer.append(contentsOf: values)
                array += values
            case 2:
                let count = random.below(30)
                buffer.append(repeating: 5, count: count)
                array += Array(repeating: 5, count: count)
            case 3:
                let low = random.below(array.count + 1)
                let high = low + random.below(array.count - low + 1)
                buffer = buffer[buffer.startIndex + low..<buffer.startIndex + high]
                array = Array(array[low..<high])
            case 4 where !array.isEmpty:
                let place = random.below(array.count)
                unsafe buffer.withUnsafeMutableBufferPointer { unsafe $0[place] = -1 }
                array[place] = -1
            default:
                let other = pairs[random.below(pairs.count)]
                buffer.append(contentsOf: other.buffer)
                array += other.array
            }
            if array.count > 2_000 { (buffer, array) = ([], []) }
            pairs.append((buffer, array))
            if pairs.count > 12 { pairs.remove(at: random.below(pairs.count)) }
            // Every one, not only the one that was changed: they share memory.
            #expect(pairs.allSatisfy { Array($0.buffer) == $0.array })
        }
    }
}

/// How often something came to its end.
private final class Ends: @unchecked Sendable {
    private(set) var total = 0
    func count() { total += 1 }
}

import HearthObjectFiles
import Testing

@Suite struct PageArrayTests {
    @Test func holdsWhatAnArrayHolds() {
        var pages = PageArray<UInt64>()
        var array: [UInt64] = []
        #expect(pages.isEmpty && pages.last == nil && pages.capacity == 0)
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            if state >> 61 == 0, !array.isEmpty {
                pages.removeLast()
                array.removeLast()
            } else {
                pages.append(state)
                array.append(state)
            }
        }
        #expect(pages.count == array.count)
        #expect(pages.elementsEqual(array))
        pages.sort()
        array.sort()
        #expect(pages.elementsEqual(array))
        #expect(pages[100..<200].elementsEqual(array[100..<200]))
        #expect(pages == PageArray(array))
    }

    @Test func aCopyKeepsWhatItHad() {
        var first: PageArray<UInt32> = [1, 2, 3]
        let kept = first
        first[1] = 20
        first.append(4)
        first.removeLast()
        first.append(5)
        first.sort(by: >)
        #expect(first.elementsEqual([20, 5, 3, 1]))
        #expect(kept.elementsEqual([1, 2, 3]))
        // Within the room of the pages that both have.
        var (left, right) = (kept, kept)
        left.append(7)
        right.append(8)
        #expect(left.elementsEqual([1, 2, 3, 7]) && right.elementsEqual([1, 2, 3, 8]))
        var (shorter, other) = (kept, kept)
        shorter.removeLast()
        shorter.append(9)
        other.reserveCapacity(100_000)
        #expect(kept.elementsEqual([1, 2, 3]) && shorter.elementsEqual([1, 2, 9]) && other == kept)
    }

    @Test func roomIsOfWholePages() {
        var pages = PageArray<UInt64>()
        pages.append(1)
        #expect(pages.capacity == 512)
        pages.reserveCapacity(513)
        #expect(pages.capacity == 1_024 && pages.elementsEqual([1]))
    }

    @Test(arguments: [-1, 3]) func staysInItsBounds(index: Int) async {
        await #expect(processExitsWith: .failure) { [index] in
            let pages: PageArray<UInt8> = [1, 2, 3]
            print(pages[index])
        }
    }
}

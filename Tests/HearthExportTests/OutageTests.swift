import Foundation
import HearthHTTP
import HearthTestRuns
import Synchronization
import Testing

@testable import HearthExport

@Suite struct OutageTests {
    @Test func anOutageOfAnHourLosesNothingAndKeepsTheOrder() async throws {
        let setup = try Setup()
        let exporter = setup.exporter()
        for number in 0..<360 {
            exporter.export(makeWindow(number))
            setup.clock.advance(by: .seconds(10))
        }
        try await eventually { exporter.statistics.spoolFiles == 360 }
        #expect(exporter.statistics.sent == 0)
        let receiver = try await setup.receiver()
        try await setup.clock.advance(.seconds(30)) { exporter.statistics.sent == 360 }
        #expect(receiver.takenNumbers == Array(0..<360))
        #expect(exporter.statistics.lostInAll == 0)
        try await eventually { setup.files == [] }
        // A line a minute at most.
        #expect(setup.lines.all.count >= 1 && setup.lines.all.count <= 80)
        await exporter.end()
        await receiver.stop()
    }

    @Test func aLongerOutageLosesTheOldest() async throws {
        let setup = try Setup()
        let exporter = setup.exporter { $0.spoolBytes = 5_000 }
        for number in 0..<40 {
            exporter.export(makeWindow(number))
            setup.clock.advance(by: .seconds(10))
            try await eventually { exporter.statistics.waiting == exporter.statistics.spoolFiles }
        }
        let waiting = exporter.statistics.waiting
        #expect(waiting > 2 && waiting < 40)
        #expect(exporter.statistics.spoolBytes <= 5_000)
        #expect(exporter.statistics.lost == [.spoolFull: 40 - waiting])
        #expect(setup.files.count == waiting)
        let receiver = try await setup.receiver()
        try await setup.clock.advance(.seconds(30)) { exporter.statistics.sent == waiting }
        let taken = receiver.takenNumbers
        #expect(taken.count == waiting && taken == taken.sorted())
        // One that was being tried when the room ran out may have stayed in the place of the next.
        #expect(taken.dropFirst().elementsEqual((41 - waiting)..<40))
        await exporter.end()
        await receiver.stop()
    }

    @Test(arguments: [408, 429, 502, 503, 504, 500, 302]) func whatIsSaidToPassIsTriedAgain(status: Int) async throws {
        let setup = try Setup()
        let isDown = Atomic(true)
        let receiver = try await setup.receiver { _ in
            isDown.load(ordering: .relaxed)
                ? HTTPResponse(status: status, fields: ["Location": "http://127.0.0.1:1/"]) : Receiver.taken
        }
        let exporter = setup.exporter()
        for number in 0..<3 { exporter.export(makeWindow(number)) }
        try await setup.clock.advance { receiver.all.count >= 8 }
        isDown.store(false, ordering: .relaxed)
        try await setup.clock.advance(.seconds(30)) { exporter.statistics.sent == 3 }
        #expect(Set(receiver.takenNumbers) == [0, 1, 2])
        #expect(exporter.statistics.lostInAll == 0)
        #expect(exporter.statistics.retried >= 5)
        // A push keeps its id from try to try.
        #expect(Set(receiver.all.map(\.id)).count == 3)
        await exporter.end()
        await receiver.stop()
    }

    @Test func whatTheReceiverAsksForIsWaited() async throws {
        let setup = try Setup()
        let receiver = try await setup.receiver { push in
            push.time < .seconds(40) ? HTTPResponse(status: 429, fields: ["Retry-After": "41"]) : Receiver.taken
        }
        let exporter = setup.exporter()
        exporter.export(makeWindow(0))
        try await setup.clock.advance(.milliseconds(500)) { exporter.statistics.sent == 1 }
        #expect(receiver.all.count == 2)
        #expect(receiver.taken[0].time >= .seconds(41))
        await exporter.end()
        await receiver.stop()
    }

    @Test(arguments: [400, 401, 403, 404, 413, 415, 422]) func whatIsRefusedIsLostAtOnce(status: Int) async throws {
        let setup = try Setup()
        let receiver = try await setup.receiver { push in
            push.number == 0 ? HTTPResponse(status: status, body: Array("no\nnever".utf8)) : Receiver.taken
        }
        let exporter = setup.exporter()
        exporter.export(makeWindow(0))
        exporter.export(makeWindow(1))
        try await eventually { exporter.statistics.sent == 1 }
        #expect(exporter.statistics.lost == [.refused: 1])
        #expect(receiver.all.map(\.number) == [0, 1])
        #expect(setup.lines.all.count == 1 && setup.lines.all[0].contains("\(status) no"))
        #expect(!setup.lines.all[0].contains("never"))
        #expect(exporter.counts["lost_refused"] == 1)
        await exporter.end()
        await receiver.stop()
    }

    @Test func poisonKeepsNobodyBackAndIsGivenUp() async throws {
        let setup = try Setup()
        let poison: Set<Int> = [1, 2]
        let receiver = try await setup.receiver { push in
            poison.contains(push.number) ? HTTPResponse(status: 500) : Receiver.taken
        }
        let exporter = setup.exporter()
        for number in 0..<4 { exporter.export(makeWindow(number)) }
        try await setup.clock.advance { exporter.statistics.sent == 2 }
        for number in 4..<300 where exporter.statistics.waiting > 0 {
            exporter.export(makeWindow(number))
            let sent = exporter.statistics.sent
            try await setup.clock.advance { exporter.statistics.sent > sent }
            setup.clock.advance(by: .seconds(10))
        }
        #expect(exporter.statistics.lost == [.poison: 2])
        #expect(exporter.statistics.waiting == 0)
        try await eventually { setup.files == [] }
        let taken = receiver.takenNumbers
        #expect(taken == taken.sorted())
        for number in poison { #expect(receiver.all.count { $0.number == number } >= 10) }
        await exporter.end()
        await receiver.stop()
    }

    @Test func rubbishIsNoAnswer() async throws {
        let setup = try Setup()
        let answers: [HTTPResponse] = [
            .text("<html>please log in</html>"),
            HTTPResponse(fields: ["Content-Type": "application/proto"], body: [0xff]),
            HTTPResponse(body: [1, 2, 3]),
        ]
        let count = Mutex(0)
        let receiver = try await setup.receiver { _ in
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            return number < answers.count ? answers[number] : Receiver.taken
        }
        let exporter = setup.exporter()
        exporter.export(makeWindow(0))
        try await setup.clock.advance { exporter.statistics.sent == 1 }
        #expect(receiver.all.count == 4)
        #expect(exporter.statistics.retried == 3)
        await exporter.end()
        await receiver.stop()
    }

    @Test func whoHangsKeepsNobodyWaiting() async throws {
        let setup = try Setup()
        let isHanging = Atomic(true)
        let receiver = try await setup.receiver { _ in
            if isHanging.load(ordering: .relaxed) { try? await Task.sleep(for: .seconds(3_600)) }
            return Receiver.taken
        }
        let exporter = setup.exporter { $0.limits.totalTimeout = .milliseconds(100) }
        for number in 0..<3 { exporter.export(makeWindow(number)) }
        try await eventually { exporter.statistics.spoolFiles == 3 }
        isHanging.store(false, ordering: .relaxed)
        try await setup.clock.advance { exporter.statistics.sent == 3 }
        #expect(exporter.statistics.lostInAll == 0)
        await exporter.end()
        await receiver.stop()
    }

    /// What makes the receiver hang, or fall over, says nothing of itself.
    @Test func aPushThatIsNeverAnsweredKeepsNobodyBack() async throws {
        let setup = try Setup()
        let receiver = try await setup.receiver { push in
            if push.number == 0 { try? await Task.sleep(for: .seconds(3_600)) }
            return push.number == 0 ? HTTPResponse(status: 503) : Receiver.taken
        }
        let exporter = setup.exporter { $0.limits.totalTimeout = .milliseconds(100) }
        for number in 0..<3 { exporter.export(makeWindow(number)) }
        try await setup.clock.advance { exporter.statistics.sent == 2 }
        // One that was taken may have been given up here, and come again.
        #expect(Set(receiver.takenNumbers) == [1, 2])
        #expect(exporter.statistics.waiting == 1)
        await exporter.end()
        await receiver.stop()
    }

    @Test(arguments: ["http://nowhere.invalid:4040", "http://127.0.0.1:1", "https://127.0.0.1:1"])
    func whoIsNotThereGetsItLater(url: String) async throws {
        let setup = try Setup()
        let exporter = setup.exporter(try HTTPURL(url))
        exporter.export(makeWindow(0))
        try await eventually { exporter.statistics.spoolFiles == 1 }
        try await setup.clock.advance { exporter.statistics.retried > 2 }
        #expect(exporter.statistics.lostInAll == 0)
        #expect(setup.lines.all.count >= 1)
        await exporter.end()
    }

    @Test func waitsGrowToFiveMinutesAndAreNeverTheSameForAll() {
        let least = BackOff(random: { 0 })
        let most = BackOff(random: { 0.999_999 })
        #expect(least.wait(after: 1) == .milliseconds(250))
        #expect(most.wait(after: 1) <= .milliseconds(500))
        for failures in 1..<10 { #expect(least.wait(after: failures + 1) >= least.wait(after: failures)) }
        #expect(least.wait(after: 1_000_000) == .seconds(150))
        #expect(most.wait(after: 1_000_000) <= .seconds(300))
    }
}

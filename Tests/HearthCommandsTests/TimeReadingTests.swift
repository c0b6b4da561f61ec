import Foundation
import Testing

@testable import HearthCommands
@testable import HearthStore

@Suite struct TimeReadingTests {
    /// The 29th of February 2024, 12:30:45.25 in Greenwich.
    private static let now: Int64 = 1_709_209_845_250_000_000
    private let utc = TimeReading(now: now, zone: .gmt)

    private func seconds(_ text: String) -> Double? { utc.time(text).map { Double($0) / 1e9 } }

    @Test func datesAndTimes() {
        #expect(seconds("2024-02-29") == 1_709_164_800)
        #expect(seconds("2024-02-29T12:30") == 1_709_209_800)
        #expect(seconds("2024-02-29 12:30:45") == 1_709_209_845)
        #expect(utc.time("2024-02-29T12:30:45.25") == Self.now)
        #expect(utc.time("2024-02-29T12:30:45.000000001Z") == 1_709_209_845_000_000_001)
        #expect(seconds("2024-02-29T13:30:45+01:00") == 1_709_209_845)
        #expect(seconds("2024-02-29T07:00:45-0530") == 1_709_209_845)
        #expect(seconds("2024-02-29T14:30:45+02") == 1_709_209_845)
        #expect(seconds("1969-12-31T23:59:59Z") == -1)
    }

    @Test func ofTodayInTheZone() throws {
        #expect(seconds("12:30") == 1_709_209_800)
        #expect(seconds("9:05:07") == 1_709_197_507)
        let tokyo = TimeReading(now: Self.now, zone: try #require(TimeZone(identifier: "Asia/Tokyo")))
        // It is 21:30 there.
        #expect(tokyo.time("21:30") == 1_709_209_800_000_000_000)
        #expect(tokyo.time("2024-02-29T21:30") == 1_709_209_800_000_000_000)
        #expect(tokyo.time("2024-02-29T12:30Z") == 1_709_209_800_000_000_000)
        // At half past midnight there it is the day before in Greenwich.
        let early = TimeReading(
            now: 1_709_134_200_000_000_000, zone: try #require(TimeZone(identifier: "Asia/Tokyo")))
        #expect(early.text(early.now) == "2024-02-29T00:30:00+09:00")
        #expect(early.time("00:15") == early.time("2024-02-29T00:15"))
    }

    @Test func beforeNow() {
        #expect(utc.time("now") == Self.now)
        let units: [(String, Int64)] = [
            ("-90s", 90), ("-15m", 900), ("-2h", 7_200), ("now-3d", 259_200), ("-1w", 604_800),
        ]
        for (text, seconds) in units { #expect(utc.time(text) == Self.now - seconds * 1_000_000_000, "\(text)") }
        #expect(utc.time("-999999999w") == 0, "before there were clocks")
    }

    @Test(
        arguments: [
            "", "today", "15m", "-15", "-15x", "+15m", "25:00", "12:60", "12:30:60", "12", "2024-13-01", "2024-00-10",
            "2024-02-30", "2023-02-29", "2024-2-9", "2024-02-29T", "2024-02-29T24:00", "2024-02-29T12:30+25:00",
            "2024-02-29Z", "2024-02-29T12:30:45.", "\u{0661}2:30", "-\u{0663}m", " 12:30",
        ]) func noTimes(_ text: String)
    { #expect(utc.time(text) == nil) }

    @Test func whatSixtyFourBitsDoNotHoldIsTheirEnd() {
        #expect(utc.time("9999-12-31T00:00Z") == .max)
        #expect(utc.time("1000-01-01T00:00Z") == .min)
        #expect(utc.time("2262-04-11T23:47:16.999999999Z") == .max)
    }

    @Test func ranges() {
        #expect(utc.range("12:00..12:30") == 1_709_208_000_000_000_000..<1_709_209_800_000_000_000)
        #expect(utc.range("-2h..-1h") == Self.now - 7_200_000_000_000..<Self.now - 3_600_000_000_000)
        #expect(utc.range("-2h..")?.upperBound == .max)
        #expect(utc.range("..now")?.lowerBound == .min)
        for text in ["..", "12:00", "12:30..12:00", "12:00..12:00", "12:00..13", "x..now"] {
            #expect(utc.range(text) == nil, "\(text)")
        }
    }

    @Test func whatIsSaidCanBeGivenBack() throws {
        for zone in ["GMT", "Asia/Kolkata", "America/New_York"] {
            let clock = TimeReading(now: Self.now, zone: try #require(TimeZone(identifier: zone)))
            #expect(clock.time(clock.text(Self.now)) == Self.now / 1_000_000_000 * 1_000_000_000, "\(zone)")
        }
        #expect(utc.text(Self.now) == "2024-02-29T12:30:45Z")
        #expect(utc.text(-1) == "1969-12-31T23:59:59Z")
    }

    @Test func timesThatLookLikeOptions() {
        let shielded = TimeReading.shielding(["--from", "-1h", "--base", "-2h..-1h", "-n", "5", "-o", "x", "--", "-1h"])
        #expect(shielded == ["--from", "now-1h", "--base", "now-2h..-1h", "-n", "5", "-o", "x", "--", "-1h"])
        #expect(TimeReading.shielding(["--scale", "-2", "-"]) == ["--scale", "-2", "-"])
    }

    // MARK: Blocks

    private func window(_ start: Int64, _ duration: Int64) -> StoredWindow {
        StoredWindow(
            process: StoredProcess(), run: 1, sequence: 0, startTime: start, duration: duration, sampleTypes: [],
            totals: [], workUnits: nil)
    }

    @Test func blocksAreAsLongAsWindowsUntilThereAreTooMany() throws {
        #expect(StoreBlocks([]) == nil)
        let few = try #require(StoreBlocks([window(30, 10), window(10, 10), window(20, 10), window(40, 3)]))
        #expect(few.start == 10 && few.duration == 10)
        for (count, duration) in [(600, 10), (601, 20), (1_200, 20), (1_201, 40)] as [(Int64, Int64)] {
            let many = try #require(StoreBlocks((0..<count).map { window($0 * 10, 10) }))
            #expect(many.duration == duration, "\(count)")
        }
        #expect(try #require(StoreBlocks([window(5, 0)])).duration == 1)
        let far = try #require(StoreBlocks([window(.min, 10), window(.max, 10)]))
        #expect(far.duration > .max / 1_200)
    }
}

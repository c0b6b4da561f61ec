/// Where callers wait: a table of places that are used again, and the queue through those whose items have not gone
/// out.
///
/// Every operation takes constant time. It grows to the most callers that ever waited at once, 80 bytes each.
struct Places {
    /// Where an item is.
    enum Stage: Equatable {
        case free
        case waiting
        /// With the runner of this number.
        case out(Int)
    }

    private struct Place {
        var caller: (any Caller)?
        var arrival: UInt64 = 0
        var arrivedAt = Duration.zero
        var stage = Stage.free
        /// Neighbours in the queue, or the next free place.
        var previous = Place.none
        var next = Place.none

        static let none: Int32 = -1
    }

    private var places: [Place] = []
    private var first = Place.none
    private var last = Place.none
    private var firstFree = Place.none
    /// Items that have not gone out.
    private(set) var waiting = 0

    /// The item that has waited longest.
    var oldest: (arrival: UInt64, arrivedAt: Duration)? {
        guard first != Place.none else { return nil }
        let place = places[Int(first)]
        return (place.arrival, place.arrivedAt)
    }

    /// A place at the end of the queue.
    mutating func add(_ caller: any Caller, arrival: UInt64, at arrivedAt: Duration) -> Ticket {
        let index: Int32
        if firstFree == Place.none {
            index = Int32(places.count)
            places.append(Place())
        } else {
            index = firstFree
            firstFree = places[Int(index)].next
        }
        places[Int(index)] = Place(
            caller: caller, arrival: arrival, arrivedAt: arrivedAt, stage: .waiting, previous: last, next: Place.none)
        if last == Place.none { first = index } else { places[Int(last)].next = index }
        last = index
        waiting += 1
        return Ticket(place: Int(index), arrival: arrival)
    }

    /// Takes the item that has waited longest out of the queue; its place is kept until it is removed.
    mutating func takeOldest(for runner: Int) -> (ticket: Ticket, caller: any Caller, arrivedAt: Duration)? {
        guard first != Place.none, let caller = places[Int(first)].caller else { return nil }
        let index = Int(first)
        unlink(index)
        places[index].stage = .out(runner)
        return (Ticket(place: index, arrival: places[index].arrival), caller, places[index].arrivedAt)
    }

    /// Where the item of this ticket is; nil when its place was given up.
    func stage(of ticket: Ticket) -> Stage? {
        let place = places[ticket.place]
        guard place.stage != .free, UInt32(truncatingIfNeeded: place.arrival) == ticket.arrival else { return nil }
        return place.stage
    }

    /// Gives a place up, whether its item waits or has gone out, and the caller with it.
    mutating func remove(_ ticket: Ticket) -> (any Caller)? {
        let caller = places[ticket.place].caller
        if places[ticket.place].stage == .waiting { unlink(ticket.place) }
        places[ticket.place] = Place(next: firstFree)
        firstFree = Int32(ticket.place)
        return caller
    }

    private mutating func unlink(_ index: Int) {
        let (previous, next) = (places[index].previous, places[index].next)
        if previous == Place.none { first = next } else { places[Int(previous)].next = next }
        if next == Place.none { last = previous } else { places[Int(next)].previous = previous }
        waiting -= 1
    }
}

/// Which caller: the place where it waits, and which arrival that is, since places are used again. One word, for an
/// atomic; the arrival's lower half tells callers of a place apart unless exactly 2³² others came while one was being
/// cancelled.
struct Ticket {
    let place: Int
    let arrival: UInt32

    init(place: Int, arrival: UInt64) {
        self.place = place
        self.arrival = UInt32(truncatingIfNeeded: arrival)
    }

    /// Nil for the two words that are no tickets.
    init?(_ word: UInt64) {
        guard word < Self.cancelled else { return nil }
        place = Int(word >> 32)
        arrival = UInt32(truncatingIfNeeded: word)
    }

    var word: UInt64 { UInt64(place) << 32 | UInt64(arrival) }

    static let none = UInt64.max
    static let cancelled = UInt64.max - 1
}

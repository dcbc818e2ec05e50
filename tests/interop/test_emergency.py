#!/usr/bin/env python3
"""Emergency calls as networks present them: the same call by a second route, an operator on the line, a location that comes later."""
import json
import os

import config
import harness
from harness import PHONES

PRESENTED = """\
[emergency]
re_presented_within = "3 min"
"""

CAMDEN = """\
[general]
places = ["Camden"]
[[rule]]
name = "999 from Camden"
dialled = ["999"]
places = ["Camden"]
queue = "emergency"
labels = ["borough: Camden"]
[[sip.area]]
place = "Camden"
latitude = 51.5455
longitude = -0.1628
radius = 4000
"""

PIDF_LO = """<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
    xmlns:gs="http://www.opengis.net/pidflo/1.0" xmlns:gml="http://www.opengis.net/gml" entity="pres:caller@example.com">
  <tuple id="a"><status><gp:geopriv><gp:location-info>
    <gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>51.5391 -0.1426</gml:pos>
      <gs:radius uom="urn:ogc:def:uom:EPSG::9001">30</gs:radius></gs:Circle>
  </gp:location-info><gp:usage-rules/><gp:method>GPS</gp:method></gp:geopriv></status></tuple>
</presence>
"""


class Emergency(harness.InteropTest):
    def serve_with(self, *names, more):
        """`more`: a file that is read before the others."""
        self.ports = {name: harness.free_port(PHONES) for name in names}
        self.serve({**config.files([config.handler(name, port) for name, port in self.ports.items()]), "emergency.toml": more})

    def ready(self, name):
        self.engine.ask("handler", "sign-on", name)
        self.engine.ask("handler", "ready", name)

    def phone(self, name, rtp):
        return self.sipp("phone_hangs_up", PHONES, port=self.ports[name], fill={"RING": 50, "TALK": 100}, keys={"rtp": rtp, "number": name})

    def seen(self, watch, wanted):
        """The first contact of the floor, in a snapshot or a change, for which `wanted` holds."""
        line = watch.expect_json(lambda line: any(map(wanted, harness.contacts_in(line))))
        return next(filter(wanted, harness.contacts_in(line)))

    def test_the_same_call_by_a_second_route_is_one_contact_and_both_of_its_legs_are_heard(self):
        self.serve_with("h1", "h2", more=PRESENTED)
        watch = self.keep(self.engine.client("watch"))
        first = self.caller("caller_waits", dialled="999")
        self.seen(watch, lambda c: c["state"] == "CONTACT_STATE_WAITING")
        second = self.caller("caller_waits", dialled="112")
        joined = self.seen(watch, lambda c: "re-presented" in c["labels"])
        self.assertEqual(joined["id"], "1", "no second contact")
        phones = [self.phone("h1", 41000), self.phone("h2", 41002)]
        self.ready("h1")
        second.succeed()   # the leg that came last is answered, and the handler's phone ends it
        phones[0].succeed()
        self.ready("h2")
        first.succeed()    # then the other, which nobody had heard yet
        phones[1].succeed()
        told = json.dumps(self.engine.ask("trace", "1"))
        self.assertIn("the same call again, by operator to 112; before by operator to 999", told)
        self.assertIn("it has not been heard yet", told)

    def test_a_location_that_comes_later_is_shown_and_triaged(self):
        self.serve_with("h1", more=CAMDEN)
        path = os.path.join(self.folder, "where.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PIDF_LO)
        watch = self.keep(self.engine.client("watch"))
        caller = self.caller("caller_waits", number="+442079460007")
        self.seen(watch, lambda c: c["state"] == "CONTACT_STATE_WAITING")
        taken = self.engine.ask("location", "020 7946 0007", path)[0]
        self.assertEqual(taken["place"], "Camden")
        self.assertEqual(taken["locations"][0]["circle"], {"latitude": 51.5391, "longitude": -0.1426, "radius": 30})
        placed = self.seen(watch, lambda c: c["rule"] == "999 from Camden")
        self.assertEqual((placed["facts"]["place"], placed["labels"]), ("Camden", ["borough: Camden"]))
        for words in (("+442079460008", path), ("+442079460007", os.path.join(self.folder, "config", "pledge.toml"))):
            refused = self.engine.client("location", *words)
            self.assertEqual(refused.wait(), 1, refused.said())
            refused.stop()
        phone = self.phone("h1", 41000)
        self.ready("h1")
        caller.succeed()
        phone.succeed()


if __name__ == "__main__":
    harness.main()

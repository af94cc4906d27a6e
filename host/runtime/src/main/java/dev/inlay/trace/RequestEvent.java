// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A request, from its arrival to its answer. */
@Name(RequestEvent.NAME)
@Label("Request")
@Category("Inlay")
@StackTrace(false)
public final class RequestEvent extends Event {
    static final String NAME = "dev.inlay.Request";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Name of the graph. */
    @Label("Model")
    public String model = "";

    /** What became of it: {@code answered}, or the error's simple name. */
    @Label("Outcome")
    public String outcome = "";
}

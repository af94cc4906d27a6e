// SPDX-License-Identifier: Apache-2.0
/**
 * What happened when. The events of Java's Flight Recorder are the one source: any recording of the process holds them,
 * and {@link dev.inlay.trace.ChromeTrace} makes of a recording what Perfetto and Chrome show. While nothing records, an
 * event costs a test of a flag.
 *
 * <p>While launches and transfers are recorded, each is waited for before the next, so that its event has its true
 * length; a stage takes longer then by a wait of the host for each step.
 */
@NullMarked
package dev.inlay.trace;

import org.jspecify.annotations.NullMarked;

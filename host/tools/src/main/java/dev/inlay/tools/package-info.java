// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. A verb is one class below {@link dev.inlay.tools.Verb} and answers with a
 * {@link dev.inlay.tools.Report}; the components of a report are the fields of its JSON document, which others rely on.
 */
@NullMarked
package dev.inlay.tools;

import org.jspecify.annotations.NullMarked;

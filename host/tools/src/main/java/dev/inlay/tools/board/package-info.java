// SPDX-License-Identifier: Apache-2.0
/** What a board's own compiler is given, and what it reports. */
package dev.inlay.tools.board;

/**
 * How the container divides its work between threads, and how long and how many it lets come to it. All that knows Payara from within, for WebSockets, is here ({@code docs/decisions/0054}); in
 * another container it does nothing.
 */
@NullMarked
package org.bascule.websocket.container;

import org.jspecify.annotations.NullMarked;

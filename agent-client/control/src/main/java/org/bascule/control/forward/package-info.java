/** Connections through a device: listens on loopback, or is a SOCKS server, and opens a stream for each connection. Texts from the device are made inert before they are shown. */
@NullMarked
package org.bascule.control.forward;

import org.jspecify.annotations.NullMarked;

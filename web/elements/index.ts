// SPDX-License-Identifier: GPL-3.0-or-later
// PiChat's own elements: each file registers one. Attributes in, events and form fields out.
import './message-composer'
import './room-live'
import './uploads'

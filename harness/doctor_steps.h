/* doctor_steps.h - what the doctor tries, one function a step. Include only from doctor*.c. */
#ifndef WINDSOCK_DOCTOR_STEPS_H
#define WINDSOCK_DOCTOR_STEPS_H

#include "doctor.h"

doctor_probe doctor_user, doctor_rights, doctor_network, doctor_tcpdump, doctor_packet_socket, doctor_processes,
	doctor_files, doctor_compiler, doctor_program, doctor_filters, doctor_nat, doctor_memory, doctor_rate, doctor_tunnel,
	doctor_calls, doctor_landlock;

#endif

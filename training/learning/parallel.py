"""One stage in several equal processes, a core each: each takes its share of every batch, and their gradients are averaged; or each makes
its share of what is cached."""
import os
import pickle
import tempfile

import torch
from torch import distributed, multiprocessing


def spread(run, args):
    """Calls run(rank, args) in args.processes processes that share gradients, or in this one if that is 1."""
    if args.processes == 1:
        run(0, args)
        return
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(_join, (run, args, f'{folder}/meeting'), args.processes)


def mapped(function, jobs, processes):
    """[function(*job) for job in jobs], each job in one of `processes` processes with one thread."""
    if processes == 1:
        return [function(*job) for job in jobs]
    with multiprocessing.get_context('spawn').Pool(processes, torch.set_num_threads, (1,)) as pool:
        return [pickle.loads(made) for made in pool.starmap(_pickled, [(function, job) for job in jobs], chunksize=1)]


def _pickled(function, job):
    """Bytes, since tensors would be sent as shared memory, a file handle each."""
    return pickle.dumps(function(*job), protocol=5)


def add_processes(parser):
    parser.add_argument('--processes', type=int, default=1, help='processes that share every batch, a core each')


def share_of(args):
    """Samples of a batch that each process takes."""
    assert args.batch % args.processes == 0, '--batch must be a multiple of --processes'
    return args.batch // args.processes


def _join(rank, run, args, meeting):
    distributed.init_process_group('gloo', init_method=f'file://{meeting}', rank=rank, world_size=args.processes)
    if hasattr(os, 'sched_setaffinity'):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[rank % len(cores)]})
    run(rank, args)
    distributed.barrier()  # the first process to leave removes the file by which they met
    distributed.destroy_process_group()


def average_gradients(parts):
    """Every process's gradients become their mean; a part without one counts as 0. Nothing to do in a single process."""
    if not distributed.is_initialized():
        return
    for p in parts:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    flat = torch.cat([p.grad.reshape(-1) for p in parts])
    distributed.all_reduce(flat)
    for p, g in zip(parts, (flat / distributed.get_world_size()).split([p.numel() for p in parts])):
        p.grad.copy_(g.view_as(p))

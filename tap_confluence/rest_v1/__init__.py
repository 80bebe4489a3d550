"""What REST v1 answers, on Data Center and where Cloud has nothing else."""
